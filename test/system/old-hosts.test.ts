/** Hosts as operators have them, behind real sshd: Riak 2.2.6, start scripts of packages, and a sudo that says no. */
import {chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {answers226} from '../support/old-answers.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {type Sshd, type SshdFolder, sshdFolder, sshdMissing} from '../support/sshd.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

describe.skipIf(sshdMissing)('hosts as they are installed', () => {
  let home: Home
  let folder: SshdFolder
  const file = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(() => {
    home = ringupHome()
    folder = sshdFolder()
  })
  afterAll(async () => {
    await folder?.remove()
    home?.remove()
  })

  /** Programs first in the PATH of a host's commands. */
  const bin = (name: string, programs: Readonly<Record<string, string>>): string => {
    const path = file(name)
    mkdirSync(path, {recursive: true})
    for (const [program, text] of Object.entries(programs)) {
      writeFileSync(join(path, program), text)
      chmodSync(join(path, program), 0o755)
    }
    return path
  }
  const inventory = (name: string, servers: readonly Sshd[], nodes: readonly string[], more = ''): string => {
    writeFileSync(file(`${name}.known`), `${servers.map(({knownHost}) => knownHost).join('\n')}\n`)
    writeFileSync(
      file(`${name}.yaml`),
      `version: 1
cluster: old
ssh: { user: ${servers[0]!.user}, identityFile: ${folder.identityFile}, knownHostsFile: ${file(`${name}.known`)}, configFile: none }
${more}hosts:
${servers
  .map(
    ({address, port}, at) =>
      `  - { name: r0${at + 1}, address: ${address}, ssh: { port: ${port} }, riak: { nodeName: "${nodes[at]}" } }\n`,
  )
  .join('')}`,
    )
    return file(`${name}.yaml`)
  }
  const sudo = '#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n'

  describe('three of 2.2.6', () => {
    let run: (...args: string[]) => ReturnType<Home['run']>
    const nodes = ['riak@127.0.1.1', 'riak@127.0.1.2', 'riak@127.0.1.3']

    beforeAll(async () => {
      const told = answers226()
      const answers = file('answers')
      mkdirSync(answers)
      for (const [name, text] of told) writeFileSync(join(answers, name), text)
      const path = bin('old', {
        sudo,
        riak: '#!/bin/sh\ncase $1 in version) echo 2.2.6;; ping) echo pong;; *) echo "Usage: riak {start|stop|restart|reboot|ping|console|attach|version}"; exit 1;; esac\n',
        'riak-admin': `#!/bin/sh
cd ${answers}
case "$*" in
"handoff config --all") exec cat handoff-config ;;
"cluster partition-count") exec cat partition-count ;;
"cluster partitions --node "*) exec cat "partitions-$4" ;;
services) echo '[riak_kv,riak_pipe]' ;;
*) if [ -f "$1" ] && [ $# = 1 ]; then exec cat "$1"; fi; echo "Usage: riak-admin { cluster | transfers }"; exit 1 ;;
esac
`,
      })
      const servers = [
        await folder.start({bin: path}),
        await folder.start({bin: path}),
        await folder.start({bin: path}),
      ]
      const written = inventory('old', servers, nodes)
      run = (...args) => home.run(args, {env: {RINGUP_INVENTORY: written}})
    })

    it.each([
      [['status'], 0],
      [['plan', '--leave', 'r03', '--accept', 'claim-unknown'], 3],
      [['throttle', 'show'], 0],
      [['watch', '--once'], 0],
      [['diagnose', '--interval', '100ms'], 0],
    ])('%j exits %d', async (words, expected) => {
      const {code, stdout, stderr} = await run(...words)

      expect([code, code === expected ? '' : `${stdout}${stderr}`]).toEqual([expected, ''])
    })

    it('status tells what the text tells', async () => {
      const {stdout} = await run('status', '--json')
      expect(JSON.parse(stdout)).toMatchObject({
        healthy: true,
        converging: false,
        ring: {partitions: 64},
      })
    })

    it('a leave is not planned, since nothing tells what is staged', async () => {
      const {stdout, stderr} = await run('plan', '--leave', 'r03', '--accept', 'claim-unknown')
      expect(`${stdout}${stderr}`).toContain('what is staged on the claimant cannot be read')
    })
  })

  it('one of 1.4 is refused by its name, with what is spoken', async () => {
    const path = bin('older', {
      sudo,
      riak: '#!/bin/sh\n[ "$1" = version ] && echo 1.4.12 && exit\necho "Usage: riak {start|stop}"; exit 1\n',
    })
    const written = inventory('older', [await folder.start({bin: path})], ['riak@a'])
    const {code, stderr} = await home.run(['status', '-i', written])

    expect(code).toBe(10)
    expect(stderr).toContain(
      'Riak 1.4.12, which ringup does not speak: it speaks 2.0 to 2.9, 3.0, 3.2 and 3.4',
    )
  })

  /** What root's start script of 3.0 packages does with its words: quotes some of them, and gives all to a shell. */
  const shellWrapper = (at: string): string => `#!/bin/sh
words=
for word; do words="$words $(printf %s "$word" | sed 's/[\\\\(){}"'"'"']/\\\\&/g')"; done
cd ${at}/home && exec sh -c "${at}/bin30/inner$words"
`

  it('words reach the node whole behind a wrapper that gives them to a shell, and nothing is written', async () => {
    const path = bin('bin30', {
      sudo,
      riak: '',
      inner: `#!/bin/sh\nfor word; do printf '%s\\n' "$word" >> ${file('arrived')}; done\necho "Node is not running!"; exit 1\n`,
    })
    writeFileSync(join(path, 'riak'), shellWrapper(folder.path))
    mkdirSync(file('home'))
    writeFileSync(file('home', 'a_file'), '')
    const written = inventory('wrapped', [await folder.start({bin: path})], ['riak@a'])
    const state = () => readdirSync(file('home')).map(name => [name, statSync(file('home', name)).mtimeMs])
    const before = state()
    for (const words of [['status'], ['check'], ['watch', '--once'], ['throttle', 'show']])
      await home.run([...words, '-i', written])

    const arrived = readFileSync(file('arrived'), 'utf8').split('\n')
    const expressions = arrived.filter(word => word.includes('base64:decode'))
    expect(expressions.length).toBeGreaterThan(2)
    for (const word of expressions)
      expect(word).toMatch(
        /^element\(2,erl_eval:exprs\(.*base64:decode\("[A-Za-z0-9+/=]+"\)\)+,erl_eval:new_bindings\(\)\)\)\.$/,
      )
    expect(state()).toEqual(before)
  })

  describe('where sudo stands between', () => {
    const riak = '#!/bin/sh\necho "Node is not running!"; exit 1\n'
    const saying = (text: string): string => `#!/bin/sh\necho "${text}" >&2; exit 1\n`
    it.each([
      ['it wants a password', fixture('sudo/sudo-1'), 'wants a password', 'NOPASSWD: ALL'],
      ['it asks for one on stdin', fixture('sudo/sudo-5'), 'wants a password', 'NOPASSWD: ALL'],
      ['it does not find riak', fixture('sudo/sudo-4'), 'sudo riak is not found', 'riak: { command: sudo /'],
      [
        'it wants a terminal',
        saying('sudo: sorry, you must have a tty to run sudo'),
        'wants a terminal',
        '!requiretty',
      ],
      [
        'it does not allow it',
        saying("Sorry, user ops is not allowed to execute '/usr/sbin/riak ping' as root on r01."),
        'may not run sudo riak',
        'NOPASSWD: ALL',
      ],
      [
        'its user is not known to it',
        saying('ops is not in the sudoers file.  This incident will be reported.'),
        'may not run sudo riak',
        'NOPASSWD: ALL',
      ],
    ])('%s: said with what mends it, soon', async (name, program, says, mends) => {
      const server = await folder.start({bin: bin(name.replaceAll(' ', '-'), {sudo: program, riak})})
      const written = inventory(name.replaceAll(' ', '-'), [server], ['riak@a'])
      const began = performance.now()
      const {code, stderr} = await home.run(['status', '-i', written])

      expect(stderr.replace(/\s+/g, ' ')).toContain(says)
      expect(stderr.replace(/\s+/g, ' ')).toContain(mends)
      expect(stderr).not.toContain('please report')
      expect(code).toBe(6)
      // it is not waited for: a command may take a minute
      expect(performance.now() - began).toBeLessThan(30_000)
    })
  })
})
