/**
 * `npm run fuzz -- files [--count N] [--seed S]`: plans, snapshots, campaigns, journals and records of limits, edited:
 * each is refused with its reason, or can be shown.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {fileKinds, tallyEdits} from '../support/damaged-files.ts'

export async function fuzzFiles(args: readonly string[]): Promise<number> {
  const {values: options} = parseArgs({
    args: [...args],
    options: {count: {type: 'string', default: '2000'}, seed: {type: 'string', default: '1'}},
  })
  const [count, seed] = [Number(options.count), Number(options.seed)]
  const folder = mkdtempSync(join(tmpdir(), 'ringup-files-'))
  let failed = 0
  for (const [name, kind] of Object.entries(fileKinds(folder)))
    try {
      const {taken, refused} = tallyEdits(kind, {count, seed})
      console.log(`${name}: ${count} edits, seed ${seed}: ${refused} refused, ${taken} shown`)
    } catch (error) {
      failed += 1
      console.log(
        `${name}, seed ${seed}: ${(error as Error).message}\n${(error as {cause?: Error}).cause?.stack}`,
      )
    }
  rmSync(folder, {recursive: true})
  return failed === 0 ? 0 : 1
}
