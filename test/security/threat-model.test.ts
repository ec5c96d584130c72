/** The table of SECURITY.md: each test that it names is there. */
import {existsSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const rows = readFileSync(`${root}SECURITY.md`, 'utf8')
  .split('\n')
  .filter(line => line.startsWith('|'))
  .slice(2)
  .map(line => line.split('|')[2]!)

describe('the threat model', () => {
  it('names tests that are there, by file and by name', () => {
    expect(rows.length).toBeGreaterThan(12)
    for (const row of rows) {
      const files = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file!)
      const names = [...row.matchAll(/_([^_]+)_/g)].map(([, name]) => name!.replace(/^\.\.\. /, ''))
      expect(files.length, row).toBeGreaterThan(0)
      for (const file of files) expect(existsSync(`${root}${file}`), file).toBe(true)
      const text = files.map(file => readFileSync(`${root}${file}`, 'utf8')).join('\n')
      for (const name of names) expect(text, row).toContain(name)
    }
  })
})
