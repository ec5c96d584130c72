/** `npm run schemas`: writes docs/schema, a JSON Schema for each document that is printed or kept. */
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {makeSchemas} from './make-schemas.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'docs/schema')
const schemas = makeSchemas(root)
mkdirSync(folder, {recursive: true})
for (const name of readdirSync(folder)) if (name.endsWith('.schema.json')) rmSync(join(folder, name))
for (const [name, schema] of schemas)
  writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', folder], {stdio: 'inherit'})
