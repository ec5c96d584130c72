#!/usr/bin/env node
/**
 * The way in: answers a lone `--version` without loading anything, else runs the command, and is the only place
 * that decides the exit status.
 */
import {fileURLToPath} from 'node:url'

const argv = process.argv.slice(2)

const root = new URL('../..', import.meta.url)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const {readFileSync} = await import('node:fs')
  const {version} = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    version: string
  }
  process.stdout.write(`ringup ${version}\n`)
} else {
  const {runCommand} = await import('./cli/run-command.ts')
  process.exitCode = await runCommand(argv, fileURLToPath(root))
}
