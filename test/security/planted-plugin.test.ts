/** Code that lies in a folder of the user's is not loaded: oclif takes plugins from there unless it is told not to. */
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {type Home, ringupHome} from '../support/ringup.ts'

const example = fileURLToPath(new URL('../../inventory.example.yaml', import.meta.url))

let home: Home
beforeAll(() => {
  home = ringupHome()
})
afterAll(() => home.remove())

it.each(['XDG_DATA_HOME', 'RINGUP_DATA_DIR', 'HOME'])(
  'a plugin in the folder that %s names',
  async variable => {
    const top = join(home.path, variable)
    const data = {
      XDG_DATA_HOME: join(top, 'ringup'),
      RINGUP_DATA_DIR: top,
      HOME: join(top, '.local', 'share', 'ringup'),
    }[variable]!
    const plugin = join(data, 'planted')
    const canary = join(home.path, `loaded-by-${variable}`)
    mkdirSync(plugin, {recursive: true})
    const named = [{type: 'link', name: 'planted', root: plugin}]
    writeFileSync(
      join(data, 'package.json'),
      JSON.stringify({name: 'x', version: '1.0.0', oclif: {schema: 1, plugins: named}}),
    )
    writeFileSync(
      join(plugin, 'package.json'),
      JSON.stringify({name: 'planted', version: '1.0.0', oclif: {hooks: {init: './hook.js'}}}),
    )
    writeFileSync(
      join(plugin, 'hook.js'),
      `require('fs').writeFileSync(${JSON.stringify(canary)}, '')\nmodule.exports = async () => {}\n`,
    )

    expect(await home.spawn(['inventory', 'check', '-i', example], {env: {[variable]: top}})).toMatchObject({
      code: 0,
      stderr: '',
    })

    expect(existsSync(canary)).toBe(false)
  },
)
