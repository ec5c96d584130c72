import {describe, expect, it} from 'vitest'
import {addRunningNode, createPracticeRing} from '../../src/lab/model/practice-ring.ts'
import {argvOf} from '../../src/lab/shell/run-line.ts'
import {splitWords} from '../../src/lab/shell/words.ts'
import {seededRandom} from '../../src/random.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {play} from '../support/replay-lab.ts'

const refusal = (line: string): string | undefined => splitWords(line).refused

describe('words of a command line', () => {
  it.each([
    ['sudo riak ping', ['sudo', 'riak', 'ping']],
    ['  a\tb   c ', ['a', 'b', 'c']],
    [`riak eval 'node().'`, ['riak', 'eval', 'node().']],
    [`a'b c'd"e f"g`, ['ab cde fg']],
    [`"it's" 'a "quoted" word'`, [`it's`, 'a "quoted" word']],
    [`'it'\\''s'`, [`it's`]],
    ['a\\ b \\"c\\"', ['a b', '"c"']],
    ['"a\\$b \\\\ \\n"', ['a$b \\ \\n']],
    [`'' ""`, ['', '']],
    ['a # the rest', ['a']],
    ['a#b', ['a#b']],
    ['a \\\n b', ['a', 'b']],
    ['a=1 b', ['a=1', 'b']],
    ['ping\n', ['ping']],
    ['', []],
  ])('%j', (line, words) => {
    expect(argvOf(line)).toEqual(words)
  })

  it.each([
    'a; b',
    'a && b',
    'a || b',
    'a | b',
    'a > b',
    'a < b',
    'a & b',
    'a\nb',
    '(a)',
    'a $HOME',
    'a `b`',
    'a "$b"',
  ])('are refused by name in %j', line => {
    expect(refusal(line)).toBeTypeOf('string')
    expect(argvOf(line)).toBeUndefined()
  })

  it('are refused when a quote has no end', () => {
    expect(refusal(`a 'b`)).toContain('matching')
    expect(refusal('a "b')).toContain('matching')
  })

  it('come back from the quoting of ringup itself', () => {
    const random = seededRandom(7)
    const characters = ` '"\\$\`a!*?~#=-{}[]()<>|&;\n\té`
    for (let round = 0; round < 500; round += 1) {
      const words = Array.from({length: random.below(5)}, () =>
        Array.from({length: random.below(12)}, () => characters[random.below(characters.length)]).join(''),
      )
      const argv = ['riak', ...words]
      expect(argvOf(quoteArgv(argv))).toEqual(argv)
    }
  })
})

describe('a practice host', () => {
  const world = createPracticeRing()
  addRunningNode(world, 'riak@10.0.0.1', {ringSize: 64})
  const run = (line: string) => play(world, '10.0.0.1', line)

  it('runs what it knows', () => {
    expect(run('true')).toEqual({exit: 0, stdout: '', stderr: ''})
    expect(run('false').exit).toBe(1)
    expect(run('echo a "b  c"').stdout).toBe('a b  c\n')
    expect(run('whoami').stdout).toBe('riakops\n')
    expect(run('sudo -n whoami').stdout).toBe('root\n')
    expect(run('A=1 env B=2 riak ping').stdout).toBe('pong\n')
    expect(run('timeout 5 sudo riak ping').stdout).toBe('pong\n')
    expect(run('/usr/bin/sudo /usr/sbin/riak ping').stdout).toBe('pong\n')
  })

  it('knows no other program, and says so as a shell, sudo or env do', () => {
    expect(run('riak-admin status')).toEqual({
      exit: 127,
      stdout: '',
      stderr: 'bash: line 1: riak-admin: command not found\n',
    })
    expect(run('sudo -n riak-admin')).toMatchObject({
      exit: 1,
      stderr: 'sudo: riak-admin: command not found\n',
    })
    expect(run('env A=1 foo')).toMatchObject({exit: 127, stderr: `env: 'foo': No such file or directory\n`})
  })

  it('refuses what only a shell could do', () => {
    expect(run('riak ping; rm -rf /')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'bash: line 1: ;: the practice host runs single commands, no shell syntax\n',
    })
  })

  it('ends a command whose time is over', () => {
    const before = world.now
    expect(run('timeout 3 sudo riak admin wait-for-service nosuch').exit).toBe(124)
    expect(world.now - before).toBe(3000)
  })
})
