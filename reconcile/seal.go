package reconcile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
)

// seal encrypts with AES-256-GCM; what for must be the same to open it again.
func seal(key *[32]byte, body []byte, what string) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(body)+gcm.Overhead())
	_, _ = rand.Read(nonce) // never fails
	return gcm.Seal(nonce, nonce, body, []byte(what)), nil
}

func unseal(key *[32]byte, sealed []byte, what string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, errNoValues
	}
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errTampered
	}
	body, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(what))
	if err != nil {
		return nil, errTampered
	}
	return body, nil
}

func newGCM(key *[32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

var (
	errNoValues = errors.New("no values were saved")
	errTampered = errors.New("it cannot be opened with this key")
)
