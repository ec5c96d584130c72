/** A line at most every two seconds, the first after one: for what a person waits for. */
export function nowAndThen(say: (text: string) => void): (text: () => string) => void {
  let next = Date.now() + 1000
  return text => {
    if (Date.now() < next) return
    next = Date.now() + 2000
    say(text())
  }
}
