import {tmpdir} from 'node:os'
import {afterEach, expect, it} from 'vitest'
import {runInShell} from '../../src/lab/shell/standing-shell.ts'

const {PATH} = process.env

afterEach(() => {
  process.env.PATH = PATH
})

it('runs a script where the environment has no PATH, as from cron', () => {
  delete process.env.PATH
  expect(runInShell(tmpdir(), ['-c', 'ls -d /tmp; echo "$1"', 'sh', 'a b'])).toEqual({
    status: 0,
    stdout: '/tmp\na b\n',
    stderr: '',
  })
})

it('takes the PATH of now', () => {
  process.env.PATH = `/nowhere:${PATH}`
  expect(runInShell(tmpdir(), ['-c', 'echo "$PATH"']).stdout).toBe(`/nowhere:${PATH}\n`)
})

it('tells the status and what went to stderr', () => {
  expect(runInShell(tmpdir(), ['-c', 'echo no >&2; exit 3'])).toEqual({
    status: 3,
    stdout: '',
    stderr: 'no\n',
  })
})
