import {describe, expect, it} from 'vitest'
import {formatBytes, formatDuration, parseBytes, parseDuration, parsePercent} from '../../src/units.ts'

describe('units', () => {
  it.each([
    ['1TB', 1e12],
    ['500 GiB', 500 * 2 ** 30],
    ['1.5GB', 1.5e9],
    ['12B', 12],
    ['12', undefined],
    ['1 tb', undefined],
    ['-1GB', undefined],
    ['GB', undefined],
    ['1constructor', undefined],
  ])('parses the size %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['6h', 21_600_000],
    ['1.5 min', 90_000],
    ['2d', 172_800_000],
    ['3650d', 3650 * 86_400_000],
    ['3651d', undefined],
    [`${'9'.repeat(400)}h`, undefined],
    ['10', undefined],
    ['s', undefined],
  ])('parses the duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each([
    ['80%', 0.8],
    ['0.5 %', 0.005],
    ['101%', undefined],
    ['80', undefined],
  ])('parses the percentage %s', (text, share) => expect(parsePercent(text)).toBe(share))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 KB'],
    [1_234_567, '1.23 MB'],
    [12_345_678, '12.3 MB'],
    [999_999, '1.00 MB'],
    [123_456_789_012, '123 GB'],
    [1e15, '1.00 PB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it.each([
    [12, '12 ms'],
    [1500, '1.5 s'],
    [59_900, '1 min'],
    [75_000, '1 min 15 s'],
    [3_600_000, '1 h'],
    [3_661_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})
