/** The ring as a map: a cell a partition, its owner's sign where it is settled, else what goes on. */
import {type Look, type Tone, tinted} from '../../report/kit/look.ts'
import {type Cell, type CellState, cellsOf, type Scene} from '../../watch/scene.ts'

const glyphs: Readonly<
  Record<Exclude<CellState, 'settled'>, readonly [unicode: string, ascii: string, tone: Tone]>
> = {
  moving: ['▶', '>', 'cyan'],
  waiting: ['○', 'o', 'yellow'],
  finished: ['●', '*', 'green'],
  'at-risk': ['✖', '!', 'red'],
}

const signs = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Rows of cells, as many as fit; each begins with its first partition. */
export function ringLines(
  scene: Scene,
  nVal: number,
  {columns, room}: {readonly columns: number; readonly room: number},
  look: Look,
): string[] {
  const {snapshot} = scene
  if (!snapshot) return []
  const cells = cellsOf(snapshot, nVal)
  const owners = [...new Set(snapshot.ring.members.map(({node}) => node))].sort()
  const sign = new Map(owners.map((node, at) => [node, signs[at % signs.length]!]))
  const wide = widthOf(cells.length, columns - 8)
  const lines: string[] = []
  for (let at = 0; at < cells.length && lines.length < room - 1; at += wide)
    lines.push(
      `  ${String(at).padStart(5)} ${cells
        .slice(at, at + wide)
        .map(cell => glyph(cell, sign, look))
        .join('')}`,
    )
  const left = cells.length - lines.length * wide
  lines.push(
    left > 0
      ? `  ${left} more partitions`
      : `  ${legend(look)}   ${owners
          .slice(0, 3)
          .map(node => `${sign.get(node)} ${node}`)
          .join('  ')}${owners.length > 3 ? ' ...' : ''}`,
  )
  return lines
}

/** The largest power of two that fits, so that rows divide the ring. */
function widthOf(partitions: number, columns: number): number {
  let wide = 8
  while (wide * 2 <= Math.min(columns, partitions)) wide *= 2
  return wide
}

function glyph({owner, state}: Cell, sign: ReadonlyMap<string, string>, look: Look): string {
  if (state === 'settled') return sign.get(owner) ?? '?'
  const [unicode, ascii, tone] = glyphs[state]
  return tinted(look, tone, look.unicode ? unicode : ascii)
}

const legend = (look: Look): string =>
  Object.entries(glyphs)
    .map(([state, [unicode, ascii]]) => `${look.unicode ? unicode : ascii} ${state}`)
    .join('  ')
