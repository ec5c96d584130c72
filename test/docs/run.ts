/** `npm run figures`: draws the figures of the documentation anew. `-- --record` first records the demo again. */
import {mkdirSync, writeFileSync} from 'node:fs'
import {projectFolder} from './doc-commands.ts'
import {docFigures} from './figures.ts'
import {recordDemo} from './record-demo.ts'

if (process.argv.includes('--record')) await recordDemo(`${projectFolder}dist/src/main.js`)

const folder = `${projectFolder}docs/figures`
mkdirSync(folder, {recursive: true})
for (const {name, content} of docFigures()) {
  writeFileSync(`${folder}/${name}`, content)
  console.log(`docs/figures/${name}: ${content.length} bytes`)
}
