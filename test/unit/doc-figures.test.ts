/** Figures of the documentation are what the generator makes, stand alone, and say in words what they show. */
import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {docPages, pageText, projectFolder} from '../docs/doc-commands.ts'
import {docFigures} from '../docs/figures.ts'

const folder = `${projectFolder}docs/figures`
const figures = docFigures()

describe('figures of the documentation', () => {
  it('are those that are kept, and no other is', () => {
    expect(readdirSync(folder).sort()).toEqual(figures.map(({name}) => name).sort())
  })

  it.each(figures)('$name is what `npm run figures` makes', ({name, content}) => {
    expect(readFileSync(`${folder}/${name}`, 'utf8')).toBe(content)
  })

  it.each(figures)('$name loads and runs nothing, and is small', ({content}) => {
    expect(content).not.toMatch(/<script|<foreignObject|\bon\w+=|@import|url\(/i)
    expect(content.match(/href="[^#][^"]*"/g)).toBeNull()
    expect(content.length).toBeLessThan(300e3)
    expect(content).toMatch(/<title id="[^"]+">[^<]+<\/title>\n<desc id="[^"]+">[^<]{40,}<\/desc>/)
    expect(content).toContain('prefers-color-scheme:dark')
  })

  it.each(figures)('$name is shown by a page, with words for those who do not see it', ({name}) => {
    const shown = docPages().flatMap(page =>
      [...pageText(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].filter(([, , target]) =>
        target!.endsWith(`figures/${name}`),
      ),
    )
    expect(shown.length).toBeGreaterThan(0)
    for (const [, words] of shown) expect(words!.length).toBeGreaterThan(20)
  })

  it('the demo moves only where a person has not asked for less, and ends with its last screen', () => {
    const {content} = figures.find(({name}) => name === 'demo.svg')!
    expect(content).toContain('@media screen and (prefers-reduced-motion:no-preference){.film{animation:')
    const frames = content.match(/<g transform="translate\(\d+\)">/g)!.length
    const [, width] = / width="(\d+)"/.exec(content)!
    expect(frames).toBeGreaterThan(20)
    expect(content).toContain(`.film{transform:translate(${-(frames - 1) * Number(width)}px)}`)
    expect(content).toContain('All 64 partitions have the owner that was planned')
  })
})
