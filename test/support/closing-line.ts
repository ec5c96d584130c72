import type {Reporter, TestModule} from 'vitest/node'

/** Prints `N passed, N failed, N skipped` as the runner's last line. A file that failed to load counts as failed. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = {passed: 0, failed: 0, skipped: 0}
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) {
        const {state} = test.result()
        count[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
      }
      if (module.state() === 'failed' && !tests.some(test => test.result().state === 'failed'))
        count.failed += 1
    }
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
