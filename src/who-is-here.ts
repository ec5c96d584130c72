/** Who runs this, and where the files of that login are. */
import {homedir, userInfo} from 'node:os'
import {isAbsolute} from 'node:path'

/** The login of whoever runs this; undefined for a uid that has no entry in passwd, as containers give. */
function loginName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** What others are told of whoever runs this: the login, else `uid-1234`. Never throws. */
export const whoAmI = (): string => loginName() ?? `uid-${process.getuid?.() ?? 'unknown'}`

const ofPasswd = (): string => userInfo().homedir

/** `$HOME` where that is an absolute path, else what passwd says, else `/`. Never throws. */
export const homeFolder = (): string => firstAbsolute(homedir, ofPasswd)

/** `~` and `%d` as OpenSSH has them: by passwd; by `$HOME` only for a uid without an entry. Never throws. */
export const sshHome = (): string => firstAbsolute(ofPasswd, homedir)

function firstAbsolute(...folders: readonly (() => string)[]): string {
  for (const folder of folders)
    try {
      const path = folder()
      if (isAbsolute(path)) return path
    } catch {
      // no such entry
    }
  return '/'
}

/** As the way to hosts wants to know it. */
export const whoIsHere = () => ({
  home: sshHome(),
  includeHome: homeFolder(),
  localUser: whoAmI(),
  login: loginName(),
})
