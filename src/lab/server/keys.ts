/** SSH keys in OpenSSH's format, made anew for every practice ring. */
import ssh2 from 'ssh2'

export type KeyPair = {
  readonly privateKey: string
  /** `ssh-ed25519 AAAA...` */
  readonly publicKey: string
}

export function newKeyPair(comment: string): KeyPair {
  for (;;) {
    const {private: privateKey, public: publicKey} = ssh2.utils.generateKeyPairSync('ed25519', {comment})
    // about three in a thousand that ssh2 1.17 makes it cannot read itself
    if (ssh2.utils.parseKey(privateKey) instanceof Error) continue
    return {privateKey, publicKey: publicKey.split(' ').slice(0, 2).join(' ')}
  }
}
