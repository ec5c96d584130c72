/**
 * Records what hosts answer, one JSON object a line, as test/fixtures/transcripts keeps it:
 *   node build.mjs run test/riak/record.ts LABEL --ssh-config FILE < commands > LABEL.jsonl
 * A line of `commands` is a host, as ssh knows it, and a command. One that does not end within 30 s is killed, which is
 * recorded as "timeout".
 */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {parseArgs} from 'node:util'

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {'ssh-config': {type: 'string'}},
})
const [label] = positionals
if (label === undefined) throw new Error('say which episode it is: record.ts LABEL [--ssh-config FILE]')
const config = values['ssh-config'] === undefined ? [] : ['-F', values['ssh-config']]

function answer(host: string, command: string): Promise<object> {
  const started = Date.now()
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', [...config, '-o', 'BatchMode=yes', host, command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    })
    const said = {stdout: '', stderr: ''}
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        said[stream] += chunk
      })
    child.on('error', reject)
    child.on('close', code =>
      resolve({label, host, command, exit: code ?? 'timeout', ...said, ms: Date.now() - started}),
    )
  })
}

for await (const line of createInterface({input: process.stdin})) {
  const [, host, command] = /^(\S+)\s+(.*)$/.exec(line) ?? []
  if (host !== undefined && command !== undefined && !host.startsWith('#'))
    console.log(JSON.stringify(await answer(host, command)))
}
