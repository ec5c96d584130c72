#!/usr/bin/env node
/** The program: its words are answered. The only place that decides the exit status. */
import {fileURLToPath} from 'node:url'
import {answer} from './start/answer.ts'

void answer(process.argv.slice(2), fileURLToPath(new URL('../..', import.meta.url))).then(code => {
  process.exitCode = code
})
