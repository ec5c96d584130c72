import {describe, expect, it} from 'vitest'
import {adminWords, dialectOf, readOldVersion} from '../../../src/riak/dialect.ts'
import type {Door} from '../../../src/riak/door.ts'
import {askVersion} from '../../../src/riak/query.ts'
import {releaseLine} from '../../../src/riak/releases.ts'

describe('the dialect of a release', () => {
  it.each([
    ['2.2.6', 'sudo riak-admin', 'start'],
    ['2.9.10', 'sudo riak-admin', 'start'],
    ['3.0.16', 'sudo riak admin', 'start'],
    ['3.2.3', 'sudo riak admin', 'daemon'],
    ['3.4.0', 'sudo riak admin', 'daemon'],
  ])('%s: %s', (version, admin, start) => {
    const dialect = dialectOf(version)

    expect(adminWords(['sudo', 'riak'], dialect).join(' ')).toBe(admin)
    expect(dialect.start).toBe(start)
  })

  it.each(['1.4.12', '3.1.0', '3.6.0', '4.0.1', 'unknown', ''])('%j is not known', version => {
    expect(releaseLine(version)).toBeUndefined()
  })
})

describe('askVersion', () => {
  const doorOf = (answers: Readonly<Record<string, string>>): Door => ({
    host: 'r01',
    node: 'riak@a',
    riak: ['riak'],
    eval: true,
    dataDir: '/d',
    ask: async argv => ({
      stdout: answers[argv.join(' ')] ?? 'Usage: riak {start|stop}\n',
      stderr: '',
      code: 0,
    }),
  })

  it('asks as 3.x has it, and then as 2.x has it', async () => {
    expect(await askVersion(doorOf({'riak versions': 'Installed versions:\n* 3.2.3\tpermanent\n'}))).toBe(
      '3.2.3',
    )
    expect(await askVersion(doorOf({'riak version': '2.9.10\n'}))).toBe('2.9.10')
  })

  it('is not sure of anything else', async () => {
    await expect(askVersion(doorOf({}))).rejects.toMatchObject({kind: 'notUnderstood'})
    expect(readOldVersion({stdout: 'riak 2\n', stderr: '', code: 0})).toBeUndefined()
  })
})
