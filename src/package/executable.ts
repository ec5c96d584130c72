/**
 * One file for linux-x64 that needs nothing else, Node neither: Node's own program with the files of the package
 * inside (https://nodejs.org/api/single-executable-applications.html).
 */
import {execFileSync} from 'node:child_process'
import {chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {listNames} from './lists.ts'
import {nodeBinary} from './node-binary.ts'
import {root} from './root.ts'
import type {Tarball} from './tarball.ts'

/** Marks the place in Node's program that says whether something is inside; the same in all releases. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Writes `ringup-linux-x64` and the licences of all that it holds into a folder that is there. */
export function makeExecutable(folder: string, {contents}: Pick<Tarball, 'contents'>): string {
  const node = nodeBinary(22)
  const file = join(folder, 'ringup-linux-x64')
  const scratch = mkdtempSync(join(tmpdir(), 'ringup-executable-'))
  try {
    // paths are from the project's root, for they get into the file: it is the same wherever it is made
    const main = 'src/package/executable-main.cjs'
    const config = join(scratch, 'config.json')
    const blob = join(scratch, 'blob')
    const assets = Object.fromEntries(contents.map(path => [path, path]))
    writeFileSync(
      config,
      JSON.stringify({
        main,
        output: blob,
        disableExperimentalSEAWarning: true,
        assets: {...assets, 'executable-main.cjs': main},
      }),
    )
    run(node.program, '--experimental-sea-config', config)
    const unfinished = join(scratch, 'ringup')
    copyFileSync(node.program, unfinished)
    run(
      process.execPath,
      'node_modules/postject/dist/cli.js',
      ...[unfinished, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse],
    )
    chmodSync(unfinished, 0o755)
    copyFileSync(unfinished, file)
  } finally {
    rmSync(scratch, {recursive: true, force: true})
  }
  writeFileSync(
    `${file}-LICENSES.txt`,
    `${readFileSync(root + listNames.licences, 'utf8')}\nIt runs on Node ${node.version}, which is inside:\n\n${readFileSync(node.license, 'utf8')}`,
  )
  return file
}

const run = (program: string, ...args: readonly string[]): void => {
  execFileSync(program, args, {cwd: root, stdio: ['ignore', 'ignore', 'pipe']})
}
