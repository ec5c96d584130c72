/** `exec` and `hosts trust` as an operator runs them, on real OpenSSH servers. */
import {execFileSync, spawn} from 'node:child_process'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {ExecReport} from '../../src/actions/exec.ts'
import type {TrustReport} from '../../src/actions/trust-report.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {keygen, knownWith, type Sshd, type SshdFolder, sshdFolder, sshdMissing} from '../support/sshd.ts'

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

describe.skipIf(sshdMissing)('hosts over real SSH', () => {
  let home: Home
  let folder: SshdFolder
  let servers: Sshd[]
  const file = (name: string): string => join(folder.path, name)

  const inventory = (name: string, known: string, more = '', of: readonly Sshd[] = servers): string => {
    const racks = ['rack-a', 'rack-b', 'rack-b', 'rack-b', 'rack-b']
    const hosts = of.map(
      ({address, port}, at) =>
        `  - { name: r${String(at + 1).padStart(2, '0')}, address: ${address}, ssh: { port: ${port} }, location: ${racks[at]}${at === 4 ? ', state: spare' : ''} }\n`,
    )
    writeFileSync(
      file(name),
      `version: 1
cluster: real
riak: { nodeName: "riak@{name}" }
ssh:
  user: ${servers[0]!.user}
  identityFile: ${folder.identityFile}
  knownHostsFile: ${file(known)}
  configFile: none
  connectTimeout: 30s
${more}hosts:
${hosts.join('')}`,
    )
    return file(name)
  }
  const ringup = (...args: string[]) => home.run(args)
  /** on a terminal, where `answer` is typed */
  const onTerminal = async (answer: string, ...args: string[]): Promise<{code: number; text: string}> => {
    const line = [process.execPath, program, ...args].map(word => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      env: {PATH: process.env.PATH!, HOME: home.path, LANG: 'C.UTF-8', TERM: 'xterm'},
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let text = ''
    child.stdout.on('data', chunk => {
      const asked = /Type yes|passphrase/.test(text)
      text += chunk
      if (!asked && /Type yes|passphrase/.test(text)) child.stdin.write(`${answer}\r`)
    })
    const code = await new Promise<number | null>(resolve => child.once('close', resolve))
    return {code: code ?? 255, text: text.replaceAll('\r\n', '\n')}
  }

  beforeAll(async () => {
    home = ringupHome()
    folder = sshdFolder()
    servers = await Promise.all([1, 2, 3, 4, 5].map(() => folder.start()))
    writeFileSync(file('known'), servers.map(({knownHost}) => `${knownHost}\n`).join(''))
    inventory('all.yaml', 'known')
  })
  afterAll(async () => {
    await folder.remove()
    home.remove()
  })

  describe('exec', () => {
    const exec = (...args: string[]) => ringup('exec', '-i', file('all.yaml'), ...args)

    it('shows equal answers once, with their hosts', async () => {
      const different = `case $SSH_CONNECTION in *" ${servers[1]!.address} ${servers[1]!.port}") echo other >&2; exit 3;; *) echo same;; esac`
      const {code, stdout, stderr} = await exec('--', 'sh', '-c', different)
      expect(stdout).toBe('[r01,r03-r05] 4 hosts\nsame\n\n[r02] 1 host, exit 3\nother\n')
      // what is said now and then on a slow machine is no answer
      expect(stderr.replace(/^\d of 5 hosts answered.*\n/gm, '')).toBe('')
      expect(code).toBe(3)
    })

    it('takes hosts, ranges, locations and groups, each host once, in the order of the inventory', async () => {
      const asked = async (...words: string[]): Promise<string[]> => {
        const {stdout} = await exec(...words, '--json', '--', 'true')
        return (JSON.parse(stdout) as ExecReport).hosts.map(({host}) => host)
      }
      expect(await asked('r03', 'r[01-02]', 'r01')).toEqual(['r01', 'r02', 'r03'])
      expect(await asked('rack-a', 'spares')).toEqual(['r01', 'r05'])
      expect(await asked('members')).toEqual(['r01', 'r02', 'r03', 'r04'])
      expect(await asked()).toHaveLength(5)
      expect(await exec('r9', '--', 'true')).toMatchObject({code: 64})
      expect((await exec('rack-x', '--', 'true')).stderr).toContain('did you mean rack-a?')
    })

    it('passes words as they are, and a line for a shell with --shell', async () => {
      const words = ["it's", '$HOME', '*', '--json', '-i', '\\', '']
      const {stdout} = await exec('r01', '--json', '--', 'printf', '[%s]', ...words)
      expect((JSON.parse(stdout) as ExecReport).hosts[0]).toMatchObject({
        stdout: words.map(word => `[${word}]`).join(''),
        code: 0,
      })
      const shell = await exec('r01', '--shell', '--', 'echo a b | wc -w; exit 5')
      expect(shell).toMatchObject({code: 5, stdout: '[r01] 1 host, exit 5\n2\n'})
    })

    it('names hosts that failed, by class, and exits 6; the others are done', async () => {
      const known = readFileSync(file('known'), 'utf8').split('\n')
      writeFileSync(file('fewer'), [known[0], known[2], known[3], known[4]].join('\n'))
      inventory('fewer.yaml', 'fewer')
      const {code, stdout, stderr} = await ringup('exec', '-i', file('fewer.yaml'), '--', 'echo', 'done')
      expect(stdout).toBe('[r01,r03-r05] 4 hosts\ndone\n')
      expect(stderr).toMatch(/^\[r02\] 1 host, host-key-unknown: its host key is not known: /m)
      expect(stderr).toContain('next: ')
      expect(code).toBe(6)
    })

    it('ends a command whose time is up, says so, and exits 124', async () => {
      const {code, stdout} = await exec('r01', '--timeout', '1s', '--', 'sleep', '30')
      expect(stdout).toBe('[r01] 1 host, its time was up, it was ended\n')
      expect(code).toBe(124)
    })

    it('keeps a long output in a file, and says where', async () => {
      const {code, stdout} = await exec('r01', '--json', '--', 'head', '-c', '3000000', '/dev/zero')
      const [host] = (JSON.parse(stdout) as ExecReport).hosts
      expect(code).toBe(0)
      const path = (host as {files?: {stdout?: string}}).files!.stdout!
      expect(statSync(path).size).toBe(3_000_000)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      execFileSync('rm', ['-r', join(path, '..')])
    })

    it.each(['SIGINT', 'SIGKILL'] as const)('leaves nothing on the hosts after %s', async signal => {
      const mark = `61${process.pid}.${Date.now() % 100_000}`
      const child = spawn(
        process.execPath,
        [program, 'exec', '-i', file('all.yaml'), '--', 'sh', '-c', `sleep ${mark}; true`],
        {env: {PATH: process.env.PATH!, HOME: home.path}, stdio: 'ignore'},
      )
      const count = (): number => {
        try {
          return execFileSync('pgrep', ['-fc', `^sleep ${mark}`], {encoding: 'utf8'}).trim() === '' ? 0 : 1
        } catch {
          return 0
        }
      }
      for (let tries = 0; count() === 0 && tries < 100; tries += 1) await delay(50)
      expect(count()).toBe(1)
      child.kill(signal)
      for (let tries = 0; count() > 0 && tries < 100; tries += 1) await delay(50)
      expect(count()).toBe(0)
    })

    it('goes by the ssh of this machine when it is told so', async () => {
      const {code, stdout} = await exec('--transport', 'openssh', '--', 'echo', 'in')
      expect({code, stdout}).toEqual({code: 0, stdout: '[r01-r05] 5 hosts\nin\n'})
    })

    it('wants a command', async () => {
      expect(await exec('r01')).toMatchObject({code: 64, stderr: expect.stringContaining('after two dashes')})
    })

    it('asks for a passphrase on a terminal, once for all hosts, and shows nothing of it', async () => {
      const key = file('locked')
      keygen(key, 'ed25519', 'open sesame')
      const locked = await Promise.all(
        [1, 2, 3].map(() => folder.start({config: `AuthorizedKeysFile ${key}.pub\n`})),
      )
      writeFileSync(file('known-locked'), locked.map(({knownHost}) => `${knownHost}\n`).join(''))
      const path = inventory('locked.yaml', 'known-locked', '', locked)
      writeFileSync(path, readFileSync(path, 'utf8').replace(folder.identityFile, key))

      const {code, text} = await onTerminal('open sesame', 'exec', '-i', path, '--', 'echo', 'in')
      expect(code).toBe(0)
      expect(text).toContain('[r01-r03] 3 hosts\nin')
      expect(text.match(/passphrase for/g)).toHaveLength(1)
      expect(text).not.toContain('sesame')
      const nobody = await ringup('exec', '-i', path, '--', 'true')
      expect(nobody).toMatchObject({code: 6, stderr: expect.stringContaining('is encrypted')})
    })
  })

  describe('hosts trust', () => {
    it('shows all fingerprints, takes a yes, and then the hosts are known', async () => {
      const path = inventory('new.yaml', 'new')
      const {code, text} = await onTerminal('yes', 'hosts', 'trust', '-i', path)
      expect(code).toBe(0)
      const prints = servers.map(
        ({hostKey}) =>
          /SHA256:\S+/.exec(execFileSync('ssh-keygen', ['-lf', hostKey], {encoding: 'utf8'}))![0],
      )
      for (const print of prints) expect(text).toContain(print)
      expect(readFileSync(file('new'), 'utf8')).toBe(servers.map(({knownHost}) => `${knownHost}\n`).join(''))
      expect(statSync(file('new')).mode & 0o777).toBe(0o600)
      const again = await ringup(
        'hosts',
        'trust',
        '-i',
        path,
        '--from-file',
        file('known'),
        '--yes',
        '--json',
      )
      expect(JSON.parse(again.stdout)).toMatchObject({schema: 'ringup/hosts-trust/1', added: 0})
    })

    it('takes nothing without a yes, and asks nobody where nobody is', async () => {
      const path = inventory('untaken.yaml', 'untaken')
      const {code} = await onTerminal('no', 'hosts', 'trust', '-i', path)
      expect(code).toBe(130)
      expect(() => readFileSync(file('untaken'))).toThrow('ENOENT')
      expect(await ringup('hosts', 'trust', '-i', path)).toMatchObject({code: 64})
      expect(await ringup('hosts', 'trust', '-i', path, '--yes')).toMatchObject({code: 64})
    })

    it('refuses a key that has changed, always, and takes the others', async () => {
      const [, second] = servers
      const wrong = knownWith(servers[2]!, second!)
      writeFileSync(file('changed'), `${wrong}\n`)
      const path = inventory('changed.yaml', 'changed')
      const {code, stderr, stdout} = await ringup(
        ...['hosts', 'trust', '-i', path, '--from-file', file('known'), '--yes'],
      )
      expect(code).toBe(3)
      expect(stdout).toMatch(/^r02 .* CHANGED$/m)
      expect(stderr).toContain('the host keys of r02 are refused')
      const lines = readFileSync(file('changed'), 'utf8').split('\n')
      expect(lines).toHaveLength(6)
      expect(lines).not.toContain(second!.knownHost)
    })

    it('takes only what the file vouches for', async () => {
      const [first, second, third] = servers
      const other = knownWith(third!, second!)
      writeFileSync(file('vouched'), `${first!.knownHost}\n${other}\n`)
      const path = inventory('vouched.yaml', 'from-vouched')
      const {code, stdout} = await ringup(
        ...['hosts', 'trust', '-i', path, '--from-file', file('vouched'), '--yes'],
      )
      expect(code).toBe(3)
      expect(stdout).toMatch(/^r01 .* as in the file$/m)
      expect(stdout).toMatch(/^r02 .* NOT AS IN THE FILE$/m)
      expect(stdout).toMatch(/^r03 .* not in the file$/m)
      expect(readFileSync(file('from-vouched'), 'utf8')).toBe(`${first!.knownHost}\n`)
    })

    it('says which hosts were not reached, and which show one key', async () => {
      const twin = await folder.start({sameKeyAs: servers[0]!})
      const down = await folder.start()
      await down.stop()
      const path = inventory('twins.yaml', 'twins', '', [servers[0]!, twin, down])
      const {code, text} = await onTerminal('yes', 'hosts', 'trust', '-i', path)
      expect(code).toBe(6)
      expect(text).toMatch(/^r02 .* new: the same key as r01$/m)
      expect(text).toMatch(/^r03 .* not reached: connection refused$/m)
      expect(readFileSync(file('twins'), 'utf8').trim().split('\n')).toHaveLength(2)
    })

    it('makes a bastion known first, and then who is behind it', async () => {
      const gate = await folder.start()
      const path = inventory(
        'gate.yaml',
        'gate',
        `  proxyJump: ["${gate.user}@${gate.address}:${gate.port}"]\n`,
      )
      writeFileSync(file('gate-keys'), `${gate.knownHost}\n${readFileSync(file('known'), 'utf8')}`)
      const {code, stdout} = await ringup(
        ...['hosts', 'trust', '-i', path, '--from-file', file('gate-keys'), '--yes', '--json'],
      )
      expect(code).toBe(0)
      const {hosts, added} = JSON.parse(stdout) as TrustReport
      expect(added).toBe(6)
      expect(hosts.map(({address}) => address)[0]).toBe(`[${gate.address}]:${gate.port}`)
      expect(await ringup('exec', '-i', path, '--', 'echo', 'in')).toMatchObject({
        code: 0,
        stdout: '[r01-r05] 5 hosts\nin\n',
      })
    })
  })
})
