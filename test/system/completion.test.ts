/** Completion in real shells: they are given the script, and what they offer is looked at. */
import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {whatIsNext} from '../../src/reference/completion.ts'
import type {Manifest} from '../../src/reference/manifest.ts'
import {type Home, ringupHome} from '../support/ringup.ts'
import {typeInto} from '../support/typing.ts'

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const bashCompletion = '/usr/share/bash-completion/bash_completion'

/** Names that would do something, were a shell to read them. */
const nasty = '$(touch pwned)'
const inventory = `version: 1
cluster: c
hosts:
  - { name: r01, address: 10.0.0.1, location: rack-a }
  - { name: "r[02-04]", address: "10.0.0.[2-4]" }
  - { name: "${nasty}", address: 10.0.0.5, location: "\`touch pwned\`" }
  - { name: "a b'\\"\\n${nasty}", address: 10.0.0.6 }
  - { name: "r05;touch pwned", address: 10.0.0.7 }
`
const runs = ['20261124-181200-aaaa', '20261123-181200-4f2a']

type Line = readonly [words: readonly string[], offered: readonly string[]]

/** What is typed, and what is offered for its last word. */
const lines: readonly Line[] = [
  [['pl'], ['plan']],
  [
    ['runs', ''],
    ['close', 'list', 'push', 'resume', 'show'],
  ],
  [['help', 'sa'], ['safety']],
  [['--v'], ['--version']],
  [['plan', '--fo'], ['--format']],
  [['plan', '--format', 'ma'], ['markdown']],
  [
    ['plan', '--add', 'r01,r0'],
    ['r01,r02', 'r01,r03', 'r01,r04'],
  ],
  [
    ['exec', ''],
    ['r01', 'r02', 'r03', 'r04', 'rack-a', 'all', 'members', 'spares'],
  ],
  [['runs', 'resume', ''], runs],
  [['runs', 'close', ''], runs],
  [['nonsense', ''], []],
]

/** The same for all shells, so looked at in one of them. */
const moreLines: readonly Line[] = [
  [['ru'], ['runs']],
  [
    ['help', 'inventory', 's'],
    ['schema', 'show'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['snapshot', '--no'], ['--no-disks']],
  [['status', '--json', '--js'], []],
  [
    ['status', '--transport', ''],
    ['ssh2', 'openssh'],
  ],
  [
    ['add', 'r04', 'r01', 'r'],
    ['r02', 'r03'],
  ],
  [['add', '-i', 'other.yaml', ''], ['other']],
  [['add', '--inventory=other.yaml', ''], ['other']],
  [['add', '-i', 'nowhere.yaml', ''], []],
  [['plan', '--replace', 'r01'], ['r01=']],
  [['plan', '--rate', ''], []],
  [['check', '--skip', 'thp,sw'], ['thp,swap']],
]

describe('completion', () => {
  let home: Home
  let work: string
  let env: Record<string, string>
  beforeAll(() => {
    home = ringupHome()
    work = join(home.path, 'work')
    for (const folder of ['bin', 'state/runs', 'work/sub'])
      mkdirSync(join(home.path, folder), {recursive: true})
    symlinkSync(
      fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)),
      join(home.path, 'bin/ringup'),
    )
    writeFileSync(join(work, 'inventory.yaml'), inventory)
    writeFileSync(
      join(work, 'other.yaml'),
      'version: 1\ncluster: o\nhosts: [{ name: other, address: 10.0.0.9 }]\n',
    )
    for (const run of [...runs, nasty]) writeFileSync(join(home.path, `state/runs/${run}.jsonl`), '')
    for (const file of ['grow.json', `${nasty}.json`, `new\n${nasty}x.json`, 'notes.txt'])
      writeFileSync(join(work, file), '')
    env = {
      PATH: `${join(home.path, 'bin')}:${process.env.PATH}`,
      HOME: home.path,
      LANG: 'C.UTF-8',
      RINGUP_STATE_DIR: join(home.path, 'state'),
    }
    for (const shell of ['bash', 'zsh', 'fish'])
      writeFileSync(
        join(home.path, `completion.${shell}`),
        execFileSync('ringup', ['completion', shell], {env, encoding: 'utf8'}),
      )
  })
  afterAll(() => home.remove())
  const nothingRan = (): void => expect(readdirSync(work)).not.toContain('pwned')

  const inBash = (words: readonly string[], setup = ''): string[] => {
    // bash breaks words at "="
    const broken = words
      .flatMap(word => word.split(/(=)/))
      .filter((word, at, all) => word !== '' || at === all.length - 1)
    const script = `${setup}
source ~/completion.bash
COMP_WORDS=(ringup "$@"); COMP_CWORD=$#; current=\${COMP_WORDS[COMP_CWORD]}
[ "$current" = "=" ] && current=
_ringup ringup "$current" "\${COMP_WORDS[COMP_CWORD-1]}"
for word in "\${COMPREPLY[@]}"; do printf '%s\\0' "$word"; done`
    const {stdout, stderr} = spawnSync('bash', ['--norc', '-c', script, 'bash', ...broken], {
      cwd: work,
      env,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    return stdout.split('\0').slice(0, -1)
  }
  const inFish = (words: readonly string[]): string[] => {
    const script = "source ~/completion.fish; complete -C (string join ' ' -- ringup $argv)"
    const stdout = execFileSync('fish', ['--no-config', '-c', script, '--', ...words], {
      cwd: work,
      env,
      encoding: 'utf8',
    })
    return stdout
      .split('\n')
      .slice(0, -1)
      .map(line => line.split('\t')[0]!)
  }
  /** What a zsh offers: the function that it adds candidates with writes them down instead. */
  const inZsh = (words: readonly string[]): string[] => {
    const script = `
compdef() { true }
source ~/completion.zsh
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
compset() { true }
_files() { print -r -- _files "$@" }
words=(ringup "$@"); CURRENT=$#words; PREFIX=$words[-1]
_ringup`
    const {stdout, stderr} = spawnSync('zsh', ['-f', '-c', script, 'zsh', ...words], {
      cwd: work,
      env,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    return stdout.split('\n').slice(0, -1)
  }

  it.each([...lines, ...moreLines])('in bash: %j', (words, offered) => {
    expect(inBash(words)).toEqual(offered)
    nothingRan()
  })

  it.skipIf(!existsSync(bashCompletion)).each(lines.slice(4, 7))(
    'in bash with the bash-completion package: %j',
    (words, offered) => {
      expect(inBash(words, `source ${bashCompletion}`)).toEqual(offered)
    },
  )

  it.skipIf(!has('fish')).each(lines)('in fish: %j', (words, offered) => {
    expect(inFish(words).sort()).toEqual([...offered].sort())
    nothingRan()
  })

  it.skipIf(!has('zsh')).each(lines)('in zsh: %j', (words, offered) => {
    expect(inZsh(words)).toEqual(offered)
    nothingRan()
  })

  it('completes the value after = in bash, which has it as a word of its own', () => {
    expect(inBash(['plan', '--format=ma'])).toEqual(['markdown'])
    expect(inBash(['plan', '--format='])).toEqual(['text', 'markdown', 'html', 'svg', 'json'])
    expect(inBash(['plan', '--replace', 'r01=r0'])).toEqual(['r02', 'r03', 'r04'])
  })

  it.skipIf(!has('fish'))('completes the value after = in fish', () => {
    expect(inFish(['plan', '--format=ma'])).toEqual(['--format=markdown'])
  })

  it.skipIf(!has('zsh'))('completes the value after = in zsh', () => {
    expect(inZsh(['plan', '--format=ma'])).toEqual(['--format=markdown'])
  })

  it('takes quotes and a tilde of bash for what they stand for', () => {
    expect(inBash(['add', '-i', '"other.yaml"', ''])).toEqual(['other'])
    expect(inBash(['add', '-i', '~/work/oth\\er.yaml', ''])).toEqual(['other'])
    expect(inBash(['add', '-i', '$(touch pwned)', ''])).toEqual([])
    // it would come back without its backslashes
    expect(inBash(['plan', '--add', '\\$\\(touch\\ pwned\\),r0'])).toEqual([])
    nothingRan()
  })

  it('offers plans, and folders where they may be', () => {
    expect(inBash(['apply', '']).sort()).toEqual([`${nasty}.json`, 'grow.json', 'sub'])
    expect(inBash(['apply', 'g'])).toEqual(['grow.json'])
    expect(inBash(['report', '2'])).toEqual(runs)
    if (has('fish')) expect(inFish(['apply', 'g'])).toEqual(['grow.json'])
    if (has('zsh')) expect(inZsh(['apply', 'g'])).toEqual(['_files -g *.json'])
    nothingRan()
  })

  const shells = [
    [
      'bash',
      'bash --norc --noprofile -i',
      'source <(ringup completion bash); complete -F _ringup args; args() { printf "<%s>" "$@"; echo ran; }',
    ],
    [
      'zsh',
      'zsh -f -i',
      'autoload -Uz compinit; compinit -u -D; source <(ringup completion zsh); compdef _ringup args; args() { printf "<%s>" "$@"; echo ran; }',
    ],
    [
      'fish',
      'fish --no-config -i',
      'ringup completion fish | source; complete -c args -f -a "(__ringup_complete)"; function args; printf "<%s>" $argv; echo ran; end',
    ],
  ] as const
  for (const [shell, command, setup] of shells) {
    it.skipIf(!has(shell))(
      `lets ${shell} on a terminal take a file's name as a name, whatever it is`,
      async () => {
        const terminal = typeInto(command, {cwd: work, env})
        try {
          await terminal.type(`${setup}; echo rea""dy\n`, 'ready')
          await terminal.type('args apply \\$\t', '.json')
          const shown = await terminal.type('\n', 'ran')

          expect(shown).toContain(`<apply><${nasty}.json>`)
          nothingRan()
        } finally {
          await terminal.leave()
        }
      },
    )
  }

  it.each([
    ['no inventory', ['add', '-i', 'nowhere.yaml', '']],
    ['an inventory that is no YAML', ['add', '-i', 'grow.json', '']],
    ['an inventory that is a folder', ['add', '-i', 'sub', '']],
    ['a pipe that nobody writes to', ['add', '-i', 'pipe', '']],
    ['no words', []],
    ['odd words', ['--', '-', '=', '--=', '']],
  ])('is silent about %s', async (_, words) => {
    if (!existsSync(join(work, 'pipe'))) execFileSync('mkfifo', [join(work, 'pipe')])

    for (const shell of ['bash', 'zsh', 'fish', 'no shell']) {
      const {code, stderr} = await home.run(['__complete', shell, ...words], {timeout: 10_000, cwd: work})
      expect({code, stderr}, shell).toEqual({code: 0, stderr: ''})
    }
  })

  it('is silent where ringup is not in PATH', () => {
    const script = `source "$1"; COMP_WORDS=(ringup pl); COMP_CWORD=1; PATH=/nowhere; _ringup ringup pl; echo "[\${COMPREPLY[*]}]"`
    const file = join(home.path, 'completion.bash')

    const {stdout, stderr} = spawnSync('bash', ['--norc', '-c', script, 'bash', file], {encoding: 'utf8'})

    expect({stdout, stderr}).toEqual({stdout: '[]\n', stderr: ''})
  })

  it('knows of every argument and every value of a flag where it comes from, or that nobody can tell', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
    ) as Manifest
    const unknown = Object.values(manifest.commands).flatMap(({id, flags, args}) => [
      ...Object.values(flags)
        .filter(({type}) => type === 'option')
        .filter(({name}) => {
          const {choices, source} = whatIsNext(manifest, [...id.split(':'), `--${name}`, ''])
          return choices.length === 0 && source === 'nothing'
        })
        .map(({name, helpValue}) => helpValue ?? name),
      ...Object.values(args)
        .filter(() => {
          const {choices, source} = whatIsNext(manifest, [...id.split(':'), ''])
          return choices.length === 0 && source === 'nothing'
        })
        .map(({name}) => `${id} ${name}`),
    ])

    // quantities, times, and words that a person makes up
    const free = /^(N|\d.*|TEXT|ID|DIGEST|NAME|WORDS|DATE|SIZE|fanout|\[USER@\]HOST\[:PORT\])$/
    expect(unknown.filter(value => !free.test(value))).toEqual([])
  })
})
