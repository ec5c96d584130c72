import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {type Evidence, withEvidence} from '../proof/evidence.ts'
import {parts} from '../proof/parts.ts'

const file = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const evidence = JSON.parse(file('docs/evidence.json')) as Evidence
const judge = (id: string, output: string) => parts.find(part => part.id === id)!.judge(output)

describe('the evidence', () => {
  it('in docs/evidence.md is what the proof has found', () => {
    expect(withEvidence(file('docs/evidence.md'), evidence)).toBe(file('docs/evidence.md'))
  })

  it('is of parts that there are', () => {
    const ids = parts.map(({id}) => id)

    for (const {id, command} of evidence.findings) {
      expect(ids).toContain(id)
      const script = /^npm (?:run )?([\w:]+)/.exec(command)![1]!
      expect(Object.keys((JSON.parse(file('package.json')) as {scripts: object}).scripts)).toContain(script)
    }
  })
})

describe('a part', () => {
  it('of tests is judged by its last count', () => {
    expect(judge('tests', '3 passed, 0 failed\n9 passed, 1 failed, 2 skipped\n')).toEqual({
      figure: '9 passed, 1 failed, 2 skipped',
      met: false,
    })
    expect(judge('tests', 'nothing ran')).toEqual({figure: 'printed no count', met: false})
    expect(judge('tests', '0 passed, 0 failed').met).toBe(false)
  })

  it('of other Nodes is judged by each of them', () => {
    const output = 'Node 22.1.0\n  3 of 3 as expected\nNode 24.2.0\n  X of 3 as expected\n'

    expect(judge('nodes', output.replace('X', '3'))).toEqual({
      figure: '22.1.0: 3 of 3, 24.2.0: 3 of 3',
      met: true,
    })
    expect(judge('nodes', output.replace('X', '2')).met).toBe(false)
    expect(judge('nodes', 'Node 22.1.0\n  3 of 3 as expected\n').met).toBe(false)
  })

  it('of random plans is judged by its differences', () => {
    expect(judge('fuzz-claim', 'seed 5: 20 questions, 0 differences').met).toBe(true)
    expect(judge('fuzz-claim', 'seed 5: 20 questions, 1 differences').met).toBe(false)
  })

  it('of speed is judged by every target, and tells the worst', () => {
    const row = (name: string, ratio: number): string =>
      JSON.stringify({bench: 'claim', case: name, ratio, target: 10})

    expect(judge('bench-claim', [row('a', 12), row('b', 9)].join('\n'))).toEqual({
      figure: 'at least 9 (b, least 10); 1 of 2 missed',
      met: false,
    })
  })
})
