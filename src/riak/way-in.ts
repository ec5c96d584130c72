/** What stands between a login and a host's riak: sudo, a terminal, a path. Told by what sudo, doas, su and shells say. */
import {OpsError} from '../errors.ts'
import type {Answer} from './answers/answer.ts'
import {excerpt} from './answers/lines.ts'
import type {Door} from './door.ts'

export type Obstacle = 'password' | 'terminal' | 'not-allowed' | 'no-sudo' | 'no-riak' | 'stopped-sudo'

/** the first that fits a line; each is said by the program itself, in English (LC_ALL=C or not translated) */
const words: readonly (readonly [RegExp, Obstacle])[] = [
  [/^(?:sudo|doas): (?:sorry, )?you must have a tty to run sudo/, 'terminal'],
  [/^(?:sudo|doas): (?:sorry, )?a terminal is required(?! to read the password)/, 'terminal'],
  [
    /^sudo: (?:a terminal is required to read the password|a password is required|no tty present and no askpass program|no password was provided|\d+ incorrect password attempts?)|^\[sudo\] password for |^sudo: .*: Authentication failure|^doas: (?:Authorization required|a tty is required|Authentication failed)|^Sorry, try again\.$|^Password: ?$|^su: (?:must be run from a terminal|Authentication failure)/,
    'password',
  ],
  [
    / is not (?:allowed to (?:execute|run sudo)|in the sudoers file)|^doas: Operation not permitted|^sudo: .*(?:Permission denied|account validation failure)|^(?:Sorry, user|User) \S+ (?:is|may) not /,
    'not-allowed',
  ],
  [
    /^sudo: (?:\S+ must be owned by uid 0|.*(?:no valid sudoers sources|effective uid is not 0|unable to (?:open|stat|initialize)|parse error|error initializing|unknown (?:user|uid)|"no new privileges"))/,
    'stopped-sudo',
  ],
  [/^(?:\S*sh|bash)?:? ?(?:line \d+: |\d+: )?(?:sudo|doas): (?:command )?not found/i, 'no-sudo'],
  [
    /^(?:sudo|doas|env|timeout): .?\S*riak\S*: (?:command not found|No such file or directory)|^(?:\S*sh: )?(?:line \d+: |\d+: )?\S*riak\S*: (?:(?:command )?not found|No such file or directory|Command not found\.)|^(?:env|timeout): (?:failed to run command )?.\S*riak\S*.: No such file/i,
    'no-riak',
  ],
]

/** undefined: nothing of the kind is said */
export function obstacleIn({stdout, stderr, code}: Answer): Obstacle | undefined {
  if (code === 0) return undefined
  for (const line of `${stderr}\n${stdout}`.split('\n').map(text => text.trim()))
    for (const [pattern, obstacle] of words) if (pattern.test(line)) return obstacle
  return undefined
}

/** Throws an `OpsError` (exit 6) with the command that mends it, where the answer is none of Riak's but of what stands before. */
export async function refuseObstacle(door: Door, answer: Answer): Promise<void> {
  const obstacle = obstacleIn(answer)
  if (obstacle === undefined) return
  const said = excerpt((answer.stderr.trim() || answer.stdout.trim()).split('\n')[0]!.trim())
  const where = obstacle === 'no-riak' ? await riakPlaces(door) : []
  throw new OpsError('unreachable', `${door.host}: ${sentence(door, obstacle)} (${said})`, {
    where: door.host,
    hint: mending(door, obstacle, where),
    facts: {class: 'way-in', host: door.host, obstacle},
  })
}

function sentence({riak, login = 'the login'}: Door, obstacle: Obstacle): string {
  const command = riak.join(' ')
  switch (obstacle) {
    case 'password':
      return `sudo wants a password of ${login} for ${command}, and nobody is there to type it`
    case 'terminal':
      return `sudo wants a terminal for ${command}, and ringup has none`
    case 'not-allowed':
      return `${login} may not run ${command} there`
    case 'no-sudo':
      return `there is no ${riak[0]}`
    case 'no-riak':
      return `${command} is not found`
    case 'stopped-sudo':
      return 'sudo does not work'
  }
}

function mending({host, riak, login = 'LOGIN'}: Door, obstacle: Obstacle, found: readonly string[]): string {
  const words = riak.slice(0, -1)
  switch (obstacle) {
    case 'password':
    case 'not-allowed':
      return `allow it, as root on ${host}: echo '${login} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ringup`
    case 'terminal':
      return `lift it, as root on ${host}: echo 'Defaults:${login} !requiretty' > /etc/sudoers.d/ringup-tty`
    case 'no-sudo':
      return 'log in as riak or root, and say so in the inventory: riak: { command: riak }'
    case 'stopped-sudo':
      return `look at it, as root on ${host}: visudo -c`
    case 'no-riak':
      return found.length === 0
        ? `install Riak on ${host}, or say where it is in the inventory, as: riak: { command: ${[...words, '/opt/riak/bin/riak'].join(' ')} }`
        : `it is there as ${found[0]}: say so in the inventory: riak: { command: ${[...words, found[0]].join(' ')} }`
  }
}

/** Where packages and releases put it. Only looks. */
const places = [
  '/usr/sbin/riak',
  '/usr/local/bin/riak',
  '/usr/local/sbin/riak',
  '/opt/riak/bin/riak',
  '/usr/lib/riak/bin/riak',
  '/usr/lib64/riak/bin/riak',
]

async function riakPlaces({ask, riak}: Door): Promise<string[]> {
  if (riak.at(-1) !== 'riak') return []
  try {
    const {stdout} = await ask(['ls', '-d', ...places], {timeout: 10_000})
    return stdout.split('\n').filter(path => places.includes(path))
  } catch {
    return []
  }
}
