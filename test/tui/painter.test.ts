import {EventEmitter} from 'node:events'
import {describe, expect, it} from 'vitest'
import {openPainter} from '../../src/tui/painter.ts'
import {terminalModel} from '../support/terminal.ts'

const fakeTerminal = (columns: number, rows: number) => {
  const model = terminalModel(columns, rows)
  const written: string[] = []
  const stream = Object.assign(new EventEmitter(), {
    columns,
    rows,
    isTTY: true,
    write: (bytes: string) => {
      written.push(bytes)
      model.write(bytes)
      return true
    },
  })
  return {model, written, stream: stream as unknown as NodeJS.WriteStream}
}

describe('openPainter', () => {
  it('draws on the alternate screen and gives the terminal back as it was', () => {
    const {model, stream} = fakeTerminal(20, 5)
    model.write('$ ringup watch\n')

    const painter = openPainter(stream)
    painter.paint('one\ntwo'.split('\n'))
    expect(model.lines()).toEqual(['one', 'two', '', '', ''])
    expect([model.alternate(), model.cursorVisible()]).toEqual([true, false])

    painter.restore()
    painter.restore()
    painter.paint('late'.split('\n'))
    expect([model.alternate(), model.cursorVisible()]).toEqual([false, true])
    expect(model.lines()[0]).toBe('$ ringup watch')
  })

  it('writes only lines that differ, and nothing for the same frame', () => {
    const {model, stream, written} = fakeTerminal(20, 5)
    const painter = openPainter(stream)
    painter.paint('alpha\nbeta\ngamma'.split('\n'))
    const before = written.length

    painter.paint('alpha\nbeta\ngamma'.split('\n'))
    expect(written.length).toBe(before)

    painter.paint('alpha\nBETA'.split('\n'))
    expect(written.slice(before).join('')).not.toContain('alpha')
    expect(model.lines()).toEqual(['alpha', 'BETA', '', '', ''])
    painter.restore()
  })

  it('never writes below the last row, nor over its end', () => {
    const {model, stream} = fakeTerminal(10, 3)
    const painter = openPainter(stream)

    painter.paint('a very long line\n2\n3\n4\n5'.split('\n'))

    expect(model.lines()).toHaveLength(3)
    expect(model.lines().slice(1)).toEqual(['2', '3'])
    painter.restore()
  })

  it('draws anew after a resize', () => {
    const {model, stream} = fakeTerminal(20, 5)
    const painter = openPainter(stream)
    let resized = 0
    painter.stdout.on('resize', () => {
      resized += 1
    })
    painter.paint('alpha'.split('\n'))
    model.write('\x1b[1;1Hgarbage')

    stream.emit('resize')
    painter.paint('alpha'.split('\n'))

    expect(resized).toBe(1)
    expect(model.lines()[0]).toBe('alpha')
    painter.restore()
    expect(stream.listenerCount('resize')).toBe(0)
  })
})
