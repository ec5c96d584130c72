/** The licences of everything in the bundle, as one text: a list of exact versions, then what each package says. */
import {readdirSync, readFileSync} from 'node:fs'
import {type Bundled, idOf} from './bundled.ts'
import {root} from './root.ts'

const rule = `${'='.repeat(80)}\n`

export function licencesText(packages: readonly Bundled[]): string {
  const width = Math.max(...packages.map(one => idOf(one).length))
  const list = packages.map(one => `${idOf(one).padEnd(width)}  ${one.license}\n`).join('')
  const texts = packages.map(one => `${rule}${idOf(one)} (${one.license})\n${rule}\n${textOf(one)}\n`)
  return `ringup holds code of these ${packages.length} packages. Their licences follow.\n\n${list}\n${texts.join('\n')}`
}

/** What the package's own files say. Throws where it has none, and its licence is not one whose words we know. */
function textOf({folder, license, name, author}: Bundled): string {
  const files = readdirSync(root + folder)
    .filter(file => /^(?:licen[cs]e|copying|notice)\b/i.test(file))
    .sort()
  if (files.length > 0)
    return files.map(file => `${readFileSync(`${root}${folder}/${file}`, 'utf8').trim()}\n`).join('\n')
  if (license !== 'MIT' || !author) throw new Error(`${name} is bundled and holds no text of its licence`)
  return `(The package holds no text of its licence; this is the MIT licence that it names.)\n\nCopyright (c) ${author}\n\n${mit}`
}

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
IN THE SOFTWARE.
`
