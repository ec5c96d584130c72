/** The schemas of documents are what the code's types say, and the demo prints one of them. */
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {makeSchemas} from '../schemas/make-schemas.ts'
import {faultsOf, schemaOf} from '../support/json-documents.ts'
import {ringupHome} from '../support/ringup.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('docs/schema is what the types of the code say (npm run schemas)', () => {
  const made = makeSchemas(root)

  expect(readdirSync(join(root, 'docs/schema')).sort()).toEqual(
    [...[...made.keys()].map(name => `${name}.schema.json`), 'README.md'].sort(),
  )
  for (const [name, schema] of made) expect(schemaOf(name), name).toEqual(schema)
})

it('lab demo --json prints its document', async () => {
  const home = ringupHome()
  try {
    const {code, stdout} = await home.spawn(['lab', 'demo', '--json'], {timeout: 120_000})

    expect(code).toBe(0)
    expect(faultsOf('lab-demo', JSON.parse(stdout))).toBe(null)
  } finally {
    home.remove()
  }
})
