/**
 * `npm run reference`: writes docs/reference.md, and names the man pages in package.json, where npm looks for them.
 * With `man`, as the build does: man pages into dist/man.
 */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import type {Manifest} from './manifest.ts'
import {pagesOf} from './page.ts'
import {manFile, manPage} from './page-man.ts'
import {referenceMarkdown} from './page-markdown.ts'

const root = new URL('../../', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('oclif.manifest.json', root), 'utf8')) as Manifest
const pages = pagesOf(manifest)

if (process.argv[2] === 'man') {
  const folder = new URL('dist/man/', root)
  mkdirSync(folder, {recursive: true})
  // what makes the same files of the same sources again states the time
  const epoch = process.env.SOURCE_DATE_EPOCH
  const date = (epoch ? new Date(Number(epoch) * 1000) : new Date()).toISOString().slice(0, 10)
  for (const page of pages)
    writeFileSync(
      new URL(manFile(page), folder),
      manPage(page, {version: manifest.version, date, others: seeAlso(page.name)}),
    )
} else {
  writeFileSync(new URL('docs/reference.md', root), referenceMarkdown(pages))
  const packageFile = new URL('package.json', root)
  const text = readFileSync(packageFile, 'utf8')
  const man = pages.map(page => `dist/man/${manFile(page)}`).sort()
  const named = `${JSON.stringify({...JSON.parse(text), man}, null, 2)}\n`
  // an unchanged file is not newer than what was built
  if (named !== text) writeFileSync(packageFile, named)
}

/** The overview names all others, the others name it and the exit codes. */
function seeAlso(name: string): string[] {
  if (name === '') return pages.map(page => page.name).filter(Boolean)
  return ['', 'exit-codes', 'environment', 'safety'].filter(other => other !== name)
}
