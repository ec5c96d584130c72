/**
 * This machine as another one would be, for programs that a test starts: with another loopback, and with other programs
 * in /usr/bin. It ends with the process that holds it. Linux and root only.
 */
import {execFileSync, spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join} from 'node:path'

/** Why there is none here. As root on Linux there always is one, or the test fails. */
export const noOtherMachine: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'needs root on Linux'

/** Why there is no busybox here; with RINGUP_REQUIRE_BUSYBOX set tests with it are never left out. */
export const noBusybox: string | undefined =
  process.env.RINGUP_REQUIRE_BUSYBOX || existsSync('/usr/bin/busybox') ? undefined : 'no busybox is installed'

export type OtherMachine = {
  /** what a program is run by to be there */
  readonly by: readonly string[]
  readonly env: {readonly PATH: '/usr/bin'}
  readonly close: () => Promise<void>
}

/**
 * One whose loopback has 127.0.0.1 and no other address.
 * @param programs what each name in /usr/bin is there: a program of /usr/bin here; none: all as here
 */
export async function otherMachine(programs?: ReadonlyMap<string, string>): Promise<OtherMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-machine-'))
  chmodSync(folder, 0o755)
  const [bin, real] = ['bin', 'real'].map(name => join(folder, name)) as [string, string]
  for (const path of [bin, real]) mkdirSync(path)
  const own = dirname(process.execPath) === '/usr/bin' ? [['node', basename(process.execPath)] as const] : []
  for (const [name, program] of programs ? [...programs, ...own] : []) {
    const file = realpathSync(join('/usr/bin', program))
    symlinkSync(dirname(file) === '/usr/bin' ? join(real, basename(file)) : file, join(bin, name))
  }
  const child = spawn(
    'unshare',
    ['--net', '--mount', 'sh', '-c', setUp, 'sh', ...(programs ? [bin, real] : [])],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const close = async (): Promise<void> => {
    child.stdin.end()
    await ended
    rmSync(folder, {recursive: true, force: true})
  }
  const isUp = await Promise.race([
    new Promise<boolean>(resolve => child.stdout.once('data', () => resolve(true))),
    ended.then(() => false),
  ])
  if (!isUp) {
    await close()
    throw new Error('no other machine could be made')
  }
  return {by: ['nsenter', `--target=${child.pid}`, '--net', '--mount'], env: {PATH: '/usr/bin'}, close}
}

/** Linux gives loopback all of 127.0.0.0/8 when it comes up. After the last mount there are builtins only. */
const setUp = `set -e
ip link set lo up
ip addr add 127.0.0.1/32 dev lo
ip addr del 127.0.0.1/8 dev lo
if [ $# = 2 ]; then
  mount --bind /usr/bin "$2"
  mount --bind "$1" /usr/bin
  [ -L /bin ] || mount --bind "$1" /bin
fi
echo up
read -r _ || true`

export const busyboxPrograms = (): ReadonlyMap<string, string> =>
  new Map(
    execFileSync('/usr/bin/busybox', ['--list'], {encoding: 'utf8'})
      .split('\n')
      .filter(name => name !== '')
      .map(name => [name, 'busybox']),
  )

/** What POSIX.1-2008 has, as far as it is installed. */
export const posixPrograms = (): ReadonlyMap<string, string> =>
  new Map(posix.filter(name => existsSync(join('/usr/bin', name))).map(name => [name, name]))

const posix =
  `ar asa at awk basename batch bc c99 cal cat chgrp chmod chown cksum cmp comm compress cp crontab csplit
ctags cut date dd df diff dirname du echo ed env ex expand expr false file find fold fuser gencat getconf grep head
iconv id ipcrm ipcs join kill lex link ln locale localedef logger logname lp ls m4 mailx make man mesg mkdir mkfifo more
mv newgrp nice nl nm nohup od paste patch pathchk pax pr printf ps pwd renice rm rmdir sed sh sleep sort split strings
strip stty tabs tail talk tee test time touch tput tr true tsort tty uname unexpand uniq unlink uudecode uuencode vi wc
who write xargs yacc zcat`.split(/\s+/)
