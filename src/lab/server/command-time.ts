/**
 * How long a command takes on a real host, in ms of the cluster's time: any `riak admin` starts a whole VM twice,
 * `erl_call` starts none. Much of what surprises operators happens while a command is still on its way back.
 */

export type CommandTime = {readonly before: number; readonly after: number}

export function commandTime(argv: readonly string[]): CommandTime {
  const at = argv.findIndex(word => /(?:^|\/)riak(?:-admin)?$/.test(word))
  if (at < 0) return {before: 5, after: 5}
  if (argv[at]!.endsWith('-admin')) return {before: 600, after: 300}
  if (argv[at + 1] === 'admin') return {before: 600, after: 300}
  if (argv[at + 1] !== 'eval') return {before: 400, after: 100}
  return argv.slice(0, at).includes('USE_NODETOOL=false')
    ? {before: 200, after: 50}
    : {before: 700, after: 200}
}
