/** The ordinary commands of a practice host: enough to look around, none of which touches the real machine. */
import {freeBytes, usedBytes} from '../model/disk.ts'
import {isServing} from '../model/world.ts'
import {right} from '../riak/columns.ts'
import {dataDir} from '../riak/environment.ts'
import {openFiles} from '../riak/riak-script.ts'
import type {Asked, Run} from '../riak/run.ts'
import {say} from '../riak/run.ts'
import {statsJson} from '../riak/statistics.ts'
import {dataFiles, type File, textFiles} from './files.ts'

export type Host = Asked & {
  readonly hostname: string
  readonly user: string
  /** whom sudo has made of that user */
  readonly riakBy?: string
  /** a folder on this machine for the few files that the host really has */
  readonly folder?: string | undefined
  /** whose files on this machine that user's really are; none: those of this process */
  readonly uid?: number | undefined
}

type HostCommand = (host: Host, args: readonly string[]) => Run

export const hostCommands: Readonly<Record<string, HostCommand>> = {
  true: () => say(''),
  ':': () => say(''),
  false: () => say('', 1),
  echo: (_, args) => (args[0] === '-n' ? say(args.slice(1).join(' ')) : say(`${args.join(' ')}\n`)),
  printf: (_, [format = '', ...args]) =>
    say(args.reduce((text, argument) => text.replace('%s', argument), format).replaceAll('\\n', '\n')),
  hostname: ({hostname}) => say(`${hostname}\n`),
  whoami: ({user}) => say(`${user}\n`),
  id: ({user}, [flag]) =>
    flag === '-u' ? say('1001\n') : say(`uid=1001(${user}) gid=1001(${user}) groups=1001(${user})\n`),
  pwd: ({user}) => say(`/home/${user}\n`),
  date: ({world}, args) => say(`${dateText(world.now, args)}\n`),
  uname: ({hostname}, [flag]) =>
    say(
      flag === '-a'
        ? `Linux ${hostname} 6.1.0-28-amd64 #1 SMP x86_64 GNU/Linux\n`
        : (unameParts[flag ?? '-s'] ?? 'Linux\n'),
    ),
  nproc: () => say('2\n'),
  uptime: () => say(' 12:00:00 up 41 days,  3:14,  1 user,  load average: 0.14, 0.21, 0.20\n'),
  ulimit: (_, [flag]) => say(flag === '-n' ? `${openFiles}\n` : 'unlimited\n'),
  sleep: function* (_, [seconds = '0']) {
    yield {wait: Number(seconds) * 1000}
    return 0
  },
  which: (_, names) => found(names),
  command: (_, [flag, ...names]) => (flag === '-v' ? found(names) : say('', 127)),
  cat: showFiles,
  ls: listFolder,
  find: findFiles,
  df: diskFree,
  du: diskUsage,
  curl: fetchStats,
}

const unameParts: Readonly<Record<string, string>> = {
  '-s': 'Linux\n',
  '-r': '6.1.0-28-amd64\n',
  '-m': 'x86_64\n',
}

function found(names: readonly string[]): Run {
  const paths = names.flatMap(name =>
    name === 'riak' ? ['/usr/local/bin/riak'] : Object.hasOwn(hostCommands, name) ? [`/usr/bin/${name}`] : [],
  )
  return say(paths.map(path => `${path}\n`).join(''), paths.length === names.length ? 0 : 1)
}

function dateText(now: number, args: readonly string[]): string {
  const iso = new Date(now).toISOString()
  const format = args.find(argument => argument.startsWith('+'))?.slice(1)
  if (format === undefined)
    return new Date(now)
      .toUTCString()
      .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1 $3 $2 $5 UTC $4')
  const seconds = Math.floor(now / 1000)
  return format
    .replaceAll('%s', String(seconds))
    .replaceAll('%3N', String(Math.floor(now) % 1000).padStart(3, '0'))
    .replaceAll('%N', String((Math.floor(now) % 1000) * 1_000_000).padStart(9, '0'))
    .replaceAll('%FT%TZ', `${iso.slice(0, 19)}Z`)
    .replaceAll('%F', iso.slice(0, 10))
    .replaceAll('%T', iso.slice(11, 19))
}

const missing = (command: string, path: string): string => `${command}: ${path}: No such file or directory\n`

function* showFiles(host: Host, paths: readonly string[]): Run {
  const files = textFiles(host)
  let exit = 0
  for (const path of paths) {
    const text = files[path]
    if (text === undefined) {
      yield {err: missing('cat', path)}
      exit = 1
    } else yield {out: text}
  }
  return exit
}

function* listFolder(host: Host, args: readonly string[]): Run {
  const paths = args.filter(argument => !argument.startsWith('-'))
  const known = [...dataFiles(host).map(({path}) => path), ...Object.keys(textFiles(host))]
  let exit = 0
  for (const path of paths) {
    const folder = path.replace(/\/+$/, '')
    const names = known
      .filter(file => file.startsWith(`${folder}/`))
      .map(file => file.slice(folder.length + 1).split('/')[0]!)
    if (names.length === 0 && !known.includes(folder)) {
      yield {err: `ls: cannot access '${path}': No such file or directory\n`}
      exit = 2
    } else
      yield {
        out: [...new Set(names)]
          .sort()
          .map(name => `${name}\n`)
          .join(''),
      }
  }
  return exit
}

/** `find FOLDER` with depths, a type, names, `-not`, `-print` and `-quit`. */
function* findFiles(host: Host, [folder = '.', ...tests]: readonly string[]): Run {
  const root = folder.replace(/(.)\/+$/, '$1')
  const files = dataFiles(host).filter(({path}) => path === root || path.startsWith(`${root}/`))
  if (files.length === 0) {
    yield {err: `find: '${folder}': No such file or directory\n`}
    return 1
  }
  const test = findTest(root, tests)
  if (typeof test === 'string') {
    yield {err: test}
    return 1
  }
  for (const file of files) {
    if (!test(file)) continue
    yield {out: `${file.path}\n`}
    if (tests.includes('-quit')) break
  }
  return 0
}

function findTest(root: string, words: readonly string[]): ((file: File) => boolean) | string {
  const tests: ((file: File) => boolean)[] = []
  const left = [...words]
  let isNot = false
  while (left.length > 0) {
    const word = left.shift()!
    if (word === '-not' || word === '!') {
      isNot = true
      continue
    }
    if (word === '-print' || word === '-quit') continue
    const value = left.shift()
    if (value === undefined) return `find: missing argument to '${word}'\n`
    const test = findTestFor(root, word, value)
    if (!test) return `find: unknown predicate '${word}'\n`
    const wanted = !isNot
    tests.push(file => test(file) === wanted)
    isNot = false
  }
  return file => tests.every(test => test(file))
}

function findTestFor(root: string, word: string, value: string): ((file: File) => boolean) | undefined {
  const depth = ({path}: File): number => path.slice(root.length).split('/').length - 1
  const name = ({path}: File): string => path.slice(path.lastIndexOf('/') + 1)
  switch (word) {
    case '-mindepth':
      return file => depth(file) >= Number(value)
    case '-maxdepth':
      return file => depth(file) <= Number(value)
    case '-type':
      return ({kind}) => (value === 'f') === (kind === 'file')
    case '-name': {
      const source = value
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')
      const pattern = new RegExp(`^${source}$`)
      return file => pattern.test(name(file))
    }
  }
  return undefined
}

/** GNU's portable format; sizes in bytes. */
function* diskFree({world, node}: Host, args: readonly string[]): Run {
  const paths = args.filter(argument => !argument.startsWith('-'))
  const block = args.includes('-k') ? 1024 : 1
  const rows: string[][] = []
  let exit = 0
  for (const path of paths.length > 0 ? paths : ['/']) {
    if (!path.startsWith('/') || /^\/nonexistent|\/no-such/.test(path)) {
      yield {err: missing('df', path)}
      exit = 1
      continue
    }
    const isData = path === dataDir || path.startsWith(`${dataDir}/`)
    const size = isData ? node.disk.size : 40e9
    const used = isData ? Math.min(size, usedBytes(node, world.now)) : 12e9
    const free = isData ? freeBytes(node, world.now) : size - used
    const share = Math.ceil((used * 100) / Math.max(1, used + free))
    rows.push([
      isData ? '/dev/vdb' : '/dev/vda',
      String(Math.round(size / block)),
      String(Math.round(used / block)),
      String(Math.round(free / block)),
      `${share}%`,
      isData ? dataDir : '/',
    ])
  }
  if (rows.length === 0) return exit
  const titles = [
    'Filesystem',
    args.includes('-k') ? '1024-blocks' : '1-blocks',
    'Used',
    'Available',
    'Capacity',
    'Mounted on',
  ]
  const widths = titles.map((title, at) =>
    Math.max(at === 0 ? 14 : title.length, ...rows.map(row => row[at]!.length)),
  )
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : at === 5 ? cell : right(cell, widths[at]!)))
      .join(' ')}\n`
  yield {out: [titles, ...rows].map(line).join('')}
  return exit
}

/** `du -sb PATH...`: everything below each path. */
function* diskUsage(host: Host, args: readonly string[]): Run {
  const files = dataFiles(host)
  let exit = 0
  for (const path of args.filter(argument => !argument.startsWith('-'))) {
    const below = files.filter(file => file.path === path || file.path.startsWith(`${path}/`))
    if (below.length === 0) {
      yield {err: `du: cannot access '${path}': No such file or directory\n`}
      exit = 1
    } else yield {out: `${below.reduce((sum, {bytes}) => sum + bytes, 0)}\t${path}\n`}
  }
  return exit
}

/** Riak's own HTTP on this host, the status pages alone. */
function fetchStats(host: Host, args: readonly string[]): Run {
  const url = args.find(argument => argument.startsWith('http'))
  if (!isServing(host.node)) return say('', 7)
  if (url?.endsWith('/stats')) return say(statsJson(host))
  return url?.endsWith('/ping') ? say('OK') : say('', 22)
}
