/** A host that prints for ever, in answer to a question that has a short answer: it is given up, and holds no memory. */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openPool} from '../../src/ssh/pool.ts'
import type {Target} from '../../src/ssh/target.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type Sshd, type SshdFolder, sshdFolder, sshdMissing, sshdTarget} from '../support/sshd.ts'

describe.skipIf(sshdMissing)('a host that prints for ever', () => {
  let folder: SshdFolder
  let server: Sshd
  let home: Home

  beforeAll(async () => {
    folder = sshdFolder()
    home = ringupHome()
    const bin = join(folder.path, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'riak'), '#!/bin/sh\nexec yes "{ringup,1,[{node,\'riak@10.0.0.1\'}]}"\n')
    chmodSync(join(bin, 'riak'), 0o755)
    server = await folder.start({bin})
    writeFileSync(join(folder.path, 'known_hosts'), `${server.knownHost}\n`)
    writeFileSync(
      join(home.path, 'inventory.yaml'),
      `version: 1
cluster: endless
ssh: {user: ${server.user}, port: ${server.port}, identityFile: ${folder.identityFile}, knownHostsFile: ${join(folder.path, 'known_hosts')}, configFile: none}
riak: {command: riak}
hosts:
  - {name: r01, address: ${server.address}}
`,
    )
  })
  afterAll(async () => {
    home.remove()
    await folder.remove()
  })

  const target = (): Target => ({
    ...sshdTarget(folder, server),
    // what the inventory says, for the system's ssh
    sshOptions: [
      ['-F', 'none', '-p', String(server.port), '-l', server.user, '-i', folder.identityFile],
      ['-o', `UserKnownHostsFile=${join(folder.path, 'known_hosts')}`, '-o', 'IdentitiesOnly=yes'],
    ].flat(),
  })

  it.each(['ssh2', 'openssh'] as const)(
    'is given up after 8 MiB, by %s, within bounded memory',
    async transport => {
      const pool = openPool({transport})
      const before = process.memoryUsage.rss()
      const started = Date.now()

      await expect(pool.exec(target(), ['yes'])).rejects.toMatchObject({
        message: expect.stringContaining('the command wrote more than 8388608 bytes'),
        exitCode: 6,
      })

      expect(Date.now() - started).toBeLessThan(20_000)
      expect(process.memoryUsage.rss() - before).toBeLessThan(200e6)
      pool.close()
    },
  )

  it('is given up in stderr too', async () => {
    const pool = openPool()

    await expect(pool.shell(target(), 'exec yes >&2')).rejects.toMatchObject({
      message: expect.stringContaining('the command wrote more than'),
    })
    pool.close()
  })

  it('is said by status, which ends', async () => {
    const {code, stderr} = await home.run(['status'])

    expect(code).toBe(6)
    expect(stderr).toContain('the command wrote more than 8388608 bytes')
  })
})
