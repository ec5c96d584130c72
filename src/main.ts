#!/usr/bin/env node
/** The program: its words are answered. The only place that decides the exit status. */
import {fileURLToPath} from 'node:url'
import {answer} from './cli/answer.ts'

process.exitCode = await answer(process.argv.slice(2), fileURLToPath(new URL('../..', import.meta.url)))
