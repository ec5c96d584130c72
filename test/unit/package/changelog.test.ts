import {describe, expect, it} from 'vitest'
import {asReleased, lastRelease, refusal} from '../../../src/package/changelog.ts'

const older = '## 0.10.0 (2026-01-02)\n\n- Older.\n\n## 0.9.0 (2026-01-01)\n\n- Oldest.\n'
const text = `# Changelog\n\n## Unreleased\n\n- New.\n  Of two lines.\n\n${older}`

describe('the changelog', () => {
  it('becomes that of a release, with room for what comes next', () => {
    expect(asReleased(text, '0.11.0', '2026-02-03')).toBe(
      `# Changelog\n\n## Unreleased\n\n## 0.11.0 (2026-02-03)\n\n- New.\n  Of two lines.\n\n${older}`,
    )
    expect(asReleased('## Unreleased\n\n- $& of one.\n', '1.0.0', '2026-02-03')).toBe(
      '## Unreleased\n\n## 1.0.0 (2026-02-03)\n\n- $& of one.\n',
    )
  })

  it('tells the last release, by numbers and not by letters; tags count as well', () => {
    expect(lastRelease(text, [])).toBe('0.10.0')
    expect(lastRelease(text, ['v0.9.9', 'v0.11.0', 'other', 'v1', '2.0.0'])).toBe('0.11.0')
    expect(lastRelease('## Unreleased\n', [])).toBeUndefined()
  })

  it.each([
    ['0.10.0', text, [], '0.10.0 is not above the last release, 0.10.0'],
    ['0.9.10', text, [], '0.9.10 is not above the last release, 0.10.0'],
    ['0.11.0', text, ['v0.11.0'], '0.11.0 is not above the last release, 0.11.0'],
    ['1.0', text, [], '"1.0" is not a version such as 1.2.3'],
    ['1.0.0-rc.1', text, [], '"1.0.0-rc.1" is not a version such as 1.2.3'],
    ['v1.0.0', text, [], '"v1.0.0" is not a version such as 1.2.3'],
    ['1.0.0', `# Changelog\n\n${older}`, [], 'CHANGELOG.md has no section "## Unreleased"'],
    ['1.0.0', `## Unreleased\n\n${older}`, [], 'CHANGELOG.md has no entry under "## Unreleased"'],
    ['1.0.0', text, ['v0.11.0'], undefined],
    ['0.1.0', '## Unreleased\n\n- First.\n', [], undefined],
  ])('%s of it is refused or not', (version, changelog, tags, why) => {
    expect(refusal(version, {changelog, tags})).toBe(why)
  })
})
