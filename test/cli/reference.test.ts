/** What is made of the manifest: the reference in docs, and man pages. */
import {execFileSync, spawnSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import packageJson from '../../package.json' with {type: 'json'}
import type {Manifest} from '../../src/reference/manifest.ts'
import {pagesOf} from '../../src/reference/page.ts'
import {manFile, manPage} from '../../src/reference/page-man.ts'
import {referenceMarkdown} from '../../src/reference/page-markdown.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const folder = fileURLToPath(new URL('../../dist/man/', import.meta.url))
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

const pages = pagesOf(JSON.parse(read('oclif.manifest.json')) as Manifest)

describe('the reference', () => {
  it('in docs is what the commands say now; else: npm run reference', () => {
    expect(read('docs/reference.md')).toBe(referenceMarkdown(pages))
  })

  it('has links that lead somewhere', () => {
    const text = read('docs/reference.md')
    const anchors = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.replaceAll(' ', '-'))
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!)

    expect(links).toEqual(anchors)
    expect(links.length).toBe(pages.length)
  })
})

describe('man pages', () => {
  it('are built, one for each page of help, and named where npm looks; else: npm run reference', () => {
    expect(packageJson.man).toEqual(pages.map(page => `dist/man/${manFile(page)}`).sort())
    expect(readdirSync(folder).sort()).toEqual(pages.map(manFile).sort())
    expect(pages.map(manFile)).toEqual(
      expect.arrayContaining(['ringup.1', 'ringup-plan.1', 'ringup-runs-resume.1', 'ringup-exit-codes.7']),
    )
  })

  it('take every text for a text, never for a macro or an escape', () => {
    const text = manPage(
      {
        name: 'odd',
        summary: 's',
        sections: [
          {
            heading: 'description',
            blocks: ['.SH no heading', "'br no break \\fB --flag", {lines: ['.TP', 'a\\b']}],
          },
        ],
      },
      {version: '1', date: '2026-11-27', others: ['']},
    )

    expect(text).toContain(
      "\\&.SH no heading\n.PP\n\\&'br no break \\efB \\-\\-flag\n.PP\n.nf\n\\&.TP\na\\eb\n.fi",
    )
  })

  it.skipIf(!has('mandoc'))('have nothing that mandoc warns of', () => {
    const {status, stdout, stderr} = spawnSync('mandoc', ['-Tlint', ...pages.map(manFile)], {
      cwd: folder,
      encoding: 'utf8',
    })

    expect({status, stdout, stderr}).toEqual({status: 0, stdout: '', stderr: ''})
  })

  // that of man-db, which reads a file with -l
  it.skipIf(!/^man \d/.test(spawnSync('man', ['--version'], {encoding: 'utf8'}).stdout ?? ''))(
    'are read by man',
    () => {
      const text = execFileSync('man', ['-l', `${folder}ringup-plan.1`], {
        encoding: 'utf8',
        env: {PATH: process.env.PATH!, MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C'},
      })

      expect(text).toContain('RINGUP-PLAN(1)')
      expect(text).toContain('SYNOPSIS\n       ringup plan [FLAGS]')
      expect(text).toContain('       --from-snapshot FILE\n')
      expect(text).toContain('ringup-exit-codes(7)')
    },
  )
})
