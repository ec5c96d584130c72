/** `npm run bench -- terms`: a megabyte of Erlang terms, in both print styles, against JSON.parse on the same facts. */
import {readTerm} from '../../src/riak/terms/term.ts'

export async function benchTerms(): Promise<void> {
  const styles = {
    erl_call: (at: number) =>
      `{16#${(BigInt(at) << 150n).toString(16).toUpperCase()}, 'riak@10.77.0.${at % 80}', [riak_kv_vnode, riak_pipe_vnode], <riak@10.77.0.1.25642.1>, awaiting}`,
    nodetool: (at: number) =>
      `{${BigInt(at) << 150n},'riak@10.77.0.${at % 80}',\n  [riak_kv_vnode,\n   riak_pipe_vnode],\n  <9428.25642.1>,awaiting}`,
  }
  for (const [style, entry] of Object.entries(styles)) {
    const count = Math.ceil(2 ** 20 / entry(500).length)
    const text = `[${Array.from({length: count}, (_, at) => entry(at)).join(',\n ')}]`
    const json = JSON.stringify(
      Array.from({length: count}, (_, at) => [
        String(BigInt(at) << 150n),
        `riak@10.77.0.${at % 80}`,
        ['riak_kv_vnode', 'riak_pipe_vnode'],
        '<9428.25642.1>',
        'awaiting',
      ]),
    )
    const [oursMs, jsonMs] = [medianOf(() => readTerm(text)), medianOf(() => JSON.parse(json))]
    console.log(
      JSON.stringify({
        bench: 'terms',
        style,
        bytes: text.length,
        oursMs,
        jsonMs,
        ratio: round(oursMs / jsonMs),
      }),
    )
  }
}

function medianOf(once: () => unknown): number {
  const times = Array.from({length: 15}, () => {
    const start = performance.now()
    once()
    return performance.now() - start
  }).sort((a, b) => a - b)
  return round(times[7]!)
}

const round = (value: number): number => Number(value.toPrecision(3))
