/** What the demo writes to a terminal of a fixed size, with the time of each write, as a file that is kept. */
import {spawn} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

export const demoRecording = fileURLToPath(new URL('../fixtures/demo.jsonl', import.meta.url))

/** ms since the start, and what was written */
export type Write = readonly [number, string]

const size = {columns: 96, rows: 36}

/** Runs the built `lab demo`, which takes less than a minute, under `script`. */
export async function recordDemo(program: string): Promise<void> {
  const line = `stty cols ${size.columns} rows ${size.rows}; exec '${process.execPath}' '${program}' lab demo`
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: {
      PATH: process.env.PATH!,
      HOME: process.env.HOME!,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      TMPDIR: '/tmp',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const started = Date.now()
  const writes: Write[] = []
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => writes.push([Date.now() - started, chunk]))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  if (code !== 0) throw new Error(`the demo ended with ${code}`)
  const lines = [size, ...writes].map(value => JSON.stringify(value))
  writeFileSync(demoRecording, `${lines.join('\n')}\n`)
}
