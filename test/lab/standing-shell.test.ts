import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, it} from 'vitest'
import {runInShell} from '../../src/lab/shell/standing-shell.ts'

const {PATH} = process.env
const here = {folder: tmpdir(), uid: undefined}

afterEach(() => {
  process.env.PATH = PATH
})

it('runs a script where the environment has no PATH, as from cron', async () => {
  delete process.env.PATH
  expect(await runInShell(here, ['-c', 'ls -d /tmp; echo "$1"', 'sh', 'a b'])).toEqual({
    status: 0,
    stdout: '/tmp\na b\n',
    stderr: '',
  })
})

it('takes the PATH of now', async () => {
  process.env.PATH = `/nowhere:${PATH}`
  expect((await runInShell(here, ['-c', 'echo "$PATH"'])).stdout).toBe(`/nowhere:${PATH}\n`)
})

it('tells the status and what went to stderr', async () => {
  expect(await runInShell(here, ['-c', 'echo no >&2; exit 3'])).toEqual({
    status: 3,
    stdout: '',
    stderr: 'no\n',
  })
})

it('runs several at a time, and as many as there are in turn', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringup-shells-'))
  try {
    const place = {folder, uid: undefined}
    // each waits for the other: one alone would never end
    const meet = (mine: string, theirs: string) =>
      runInShell(place, ['-c', `touch ${mine}; until [ -e ${theirs} ]; do sleep 0.01; done; echo ${mine}`])
    expect((await Promise.all([meet('a', 'b'), meet('b', 'a')])).map(({stdout}) => stdout)).toEqual([
      'a\n',
      'b\n',
    ])
    const many = Array.from({length: 40}, (_, at) => String(at))
    const answers = await Promise.all(many.map(word => runInShell(place, ['-c', 'echo "$1"', 'sh', word])))
    expect(answers.map(({stdout}) => stdout.trim())).toEqual(many)
  } finally {
    rmSync(folder, {recursive: true})
  }
})

it('has another shell for the next script where one is gone', async () => {
  const answers = await Promise.all(Array.from({length: 4}, () => runInShell(here, ['-c', 'kill -9 $PPID'])))
  expect(answers.map(({status}) => status)).toEqual([null, null, null, null])
  expect((await runInShell(here, ['-c', 'echo again'])).stdout).toBe('again\n')
})
