/**
 * A whole growth, with a key that has a passphrase, an agent and the cluster's cookie: none of them is in any file that
 * was written, in any byte that was printed, or in the arguments of any process.
 */
import {execFileSync, spawn} from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type Lab, startLab} from '../../src/lab/server/start-lab.ts'
import {labCookie} from '../../src/lab/shell/files.ts'
import {onTerminal} from '../support/on-terminal.ts'
import {type Home, ringupHome} from '../support/ringup.ts'

const passphrase = 'correct-horse-staple-77'

let home: Home
let lab: Lab
let agent: ReturnType<typeof spawn>
let watching: Promise<void>
let stop = false
/** what was printed, by command; what processes were called with; and in what environment */
const printed: [string, string][] = []
const called = new Map<string, string>()

const at = (...names: string[]): string => join(home.path, ...names)

/** Secrets by name, each as the text that must be found nowhere. */
function secrets(): Map<string, string> {
  const found = new Map([
    ['the cookie', labCookie],
    ['the passphrase', passphrase],
  ])
  for (const [name, file] of [
    ['the key', lab.identityFile],
    ['the encrypted key', at('keys', 'id')],
  ] as const) {
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1, -1)
    // the first line names the format; lines of the public key are in no secret
    for (const [number, line] of lines.slice(2).entries())
      if (line.length > 16) found.set(`${name}, line ${number + 3}`, line)
    found.set(
      `${name}, as bytes`,
      Buffer.from(lines.join(''), 'base64').subarray(-160, -60).toString('latin1'),
    )
  }
  return found
}

const places = (): [string, string][] => {
  const files = readdirSync(home.path, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && entry.parentPath !== at('keys'))
    .map(entry => join(entry.parentPath, entry.name))
  return [
    ...files.map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
    ...printed,
    ...[...called].map(([pid, line]): [string, string] => [`arguments of process ${pid}`, line]),
  ]
}

/** Where a secret is, in whatever form it might have been written. */
function leaks(): string[] {
  return [...secrets()].flatMap(([name, secret]) => {
    const forms = [
      secret,
      Buffer.from(secret, 'latin1').toString('base64').slice(0, -4),
      Buffer.from(secret, 'latin1').toString('hex'),
      encodeURIComponent(secret),
    ]
    return places()
      .filter(([, text]) => forms.some(form => text.includes(form)))
      .map(([place]) => `${name} in ${place}`)
  })
}

/** Every process of this machine, as often as can be: what a look at `ps` would have shown to anybody. */
async function watchProcesses(): Promise<void> {
  while (!stop) {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        if (line.includes('ringup') || line.includes('main.js') || /^(?:ssh|script|sh|stty)\b/.test(line))
          called.set(`${pid} ${line.length}`, line)
      } catch {
        // it has ended
      }
    await delay(15)
  }
}

describe.skipIf(!existsSync('/proc/self/cmdline'))('secrets', () => {
  beforeAll(async () => {
    home = ringupHome()
    lab = await startLab({nodes: 4, spare: 2, ring: 32, speed: 200, seed: 5})
    mkdirSync(at('keys'))
    mkdirSync(at('tmp'))
    mkdirSync(at('work'))
    copyFileSync(lab.identityFile, at('keys', 'id'))
    chmodSync(at('keys', 'id'), 0o600)
    const socket = at('keys', 'agent')
    agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'})
    for (let tries = 0; !existsSync(socket) && tries < 100; tries += 1) await delay(20)
    execFileSync('ssh-add', ['-q', at('keys', 'id')], {
      env: {...process.env, SSH_AUTH_SOCK: socket},
      stdio: 'ignore',
    })
    execFileSync('ssh-keygen', ['-q', '-p', '-N', passphrase, '-f', at('keys', 'id')], {stdio: 'ignore'})
    const inventory = readFileSync(lab.inventoryFile, 'utf8').replace(
      JSON.stringify(lab.identityFile),
      JSON.stringify(at('keys', 'id')),
    )
    writeFileSync(at('work', 'inventory.yaml'), inventory)
    watching = watchProcesses()
    const env = {SSH_AUTH_SOCK: socket, TMPDIR: at('tmp')}

    const typed = await onTerminal(home, ['check', 'r05', 'r06', '-i', at('work', 'inventory.yaml')], {
      keys: `${passphrase}\r`,
      seen: /passphrase for/,
      env: {TMPDIR: at('tmp')},
    })
    printed.push(['check, with the passphrase typed', typed])
    expect(typed).toMatch(/passphrase for .*keys\/id/)
    expect(typed).toContain('against the running cluster')
    for (const args of [
      ['check', 'r05', 'r06', '--json'],
      ['check', 'r05', '--transport', 'openssh'],
      ['snapshot', '--out', 'ring.json'],
      ['plan', '--add', 'r05', '--out', 'plan.json'],
      ['add', 'r05', '--yes', '--no-wait', '--reason', 'OPS-1432'],
      ['throttle', 'set', '--node-limit', '3', '--yes'],
      ['diagnose', '--for', '1s', '--bundle', 'bundle.json'],
      ['watch', '--until', 'settled', '--interval', '200ms', '--record', 'rec.jsonl'],
      ['throttle', 'restore', '--yes'],
      ['add', 'r06', '--yes', '--json'],
      ['report', '--format', 'html', '--out', 'run.html'],
      ['report', 'plan.json', '--format', 'markdown'],
      ['runs', 'show', '2'],
      ['runs', 'list', '--json'],
      ['inventory', 'show', '--json'],
      ['lock', 'show'],
      ['exec', 'r01', '--', 'uptime'],
      ['status', '-i', 'nowhere.yaml'],
    ]) {
      const {code, stdout, stderr} = await home.spawn(args, {env, cwd: at('work')})
      printed.push([args.join(' '), stdout + stderr])
      if (code !== 0 && !/^(?:diagnose|runs show|status|check)/.test(args.join(' ')))
        throw new Error(`${args.join(' ')}: ${code} ${stderr}`)
    }
    const run = readdirSync(at('.local/state/ringup/runs'))[0]!.replace('.jsonl', '')
    const {stdout} = await home.run(['runs', 'show', run])
    printed.push(['runs show', stdout])
    stop = true
    await watching
  })
  afterAll(async () => {
    stop = true
    agent.kill()
    await watching
    await lab.stop()
    home.remove()
  })

  it('are found nowhere after a whole growth', () => {
    expect(leaks()).toEqual([])
  })

  it('were there to be found: files, output and processes were seen', () => {
    const names = places().map(([place]) => place)
    for (const what of [
      /runs\/.*\.jsonl$/,
      /plan\.json$/,
      /bundle\.json$/,
      /rec\.jsonl$/,
      /run\.html$/,
      /throttle\/riak%40[^/]*\.log\.jsonl$/,
      /^add r05/,
      /arguments of process/,
    ])
      expect(
        names.some(name => what.test(name)),
        `${what}`,
      ).toBe(true)
    expect([...called.values()].some(line => line.includes('main.js add r05'))).toBe(true)
    expect([...called.values()].some(line => /^ssh .*-S /.test(line))).toBe(true)
    expect(secrets().size).toBeGreaterThan(6)
  })

  it('that are planted in a file, in output or in arguments are found', () => {
    for (const [name, secret] of secrets()) {
      writeFileSync(at('work', 'planted'), `x${secret}x`, 'latin1')
      expect(leaks()).toContain(`${name} in ${at('work', 'planted')}`)
      writeFileSync(at('work', 'planted'), Buffer.from(secret, 'latin1').toString('hex'))
      expect(leaks()).toContain(`${name} in ${at('work', 'planted')}`)
      writeFileSync(at('work', 'planted'), '')
    }
    printed.push(['planted output', `said: ${passphrase}`])
    called.set('planted', `ssh -o Password=${passphrase}`)
    expect(leaks()).toEqual([
      'the passphrase in planted output',
      'the passphrase in arguments of process planted',
    ])
    printed.pop()
    called.delete('planted')
  })
})
