// Command verify reads a log in C2SP tlog-tiles form with the Go team's own packages, which share no code and no author
// with the log's writer: every leaf, every proof.
//
// Usage: verify LOG_FOLDER PROOFS_FOLDER VERIFIER_KEY
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func main() {
	if len(os.Args) != 4 {
		fmt.Println("usage: verify LOG_FOLDER PROOFS_FOLDER VERIFIER_KEY")
		os.Exit(2)
	}
	if err := verify(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func verify(folder, proofs, key string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(text, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	fmt.Printf("checkpoint: signed, %d leaves\n", tree.N)
	leaves, err := readLeaves(folder, tree.N)
	if err != nil {
		return err
	}
	computed, err := checkRoot(tree, leaves)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, tiles{folder})
	if err := checkTiles(computed, hashes); err != nil {
		return err
	}
	if err := checkProofs(tree, leaves, hashes); err != nil {
		return err
	}
	return checkFiles(proofs, leaves, verifier)
}

// openCheckpoint verifies a signed checkpoint and returns the tree that it describes.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, errors.New("not the three lines of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// readLeaves reads all entry bundles and returns the hashes of their entries.
func readLeaves(folder string, size int64) ([]tlog.Hash, error) {
	var leaves []tlog.Hash
	for at := int64(0); at < size; at += width {
		tile := tlog.Tile{H: 8, L: 0, N: at / width, W: int(min(size-at, width))}
		name := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s is cut short", name)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			leaves = append(leaves, tlog.RecordHash(bundle[2:end]))
			bundle = bundle[end:]
		}
	}
	if int64(len(leaves)) != size {
		return nil, fmt.Errorf("%d leaves, not %d", len(leaves), size)
	}
	return leaves, nil
}

// stored is the whole tree in memory, computed from the leaves alone.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, i := range indexes {
		if i >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", i)
		}
		read = append(read, s[i])
	}
	return read, nil
}

// checkRoot computes the tree of the leaves and compares its root.
func checkRoot(tree tlog.Tree, leaves []tlog.Hash) (stored, error) {
	var computed stored
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, computed)
		if err != nil {
			return nil, err
		}
		computed = append(computed, more...)
	}
	root, err := tlog.TreeHash(tree.N, computed)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("root: the leaves have another one")
	}
	fmt.Printf("root: of %d leaves\n", len(leaves))
	return computed, nil
}

// checkTiles compares every hash of the tree with the one that the tiles give.
func checkTiles(computed stored, hashes tlog.HashReader) error {
	indexes := make([]int64, len(computed))
	for i := range indexes {
		indexes[i] = int64(i)
	}
	found, err := hashes.ReadHashes(indexes)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	for i := range found {
		if found[i] != computed[i] {
			return fmt.Errorf("tiles: hash %d differs", i)
		}
	}
	fmt.Printf("tiles: %d hashes\n", len(found))
	return nil
}

// checkProofs proves every leaf, and every earlier size against the last.
func checkProofs(tree tlog.Tree, leaves []tlog.Hash, hashes tlog.HashReader) error {
	for i := int64(0); i < tree.N; i++ {
		proof, err := tlog.ProveRecord(tree.N, i, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaves[i]); err != nil {
			return fmt.Errorf("inclusion of %d: %w", i, err)
		}
	}
	fmt.Printf("inclusion: %d proofs\n", tree.N)
	for old := int64(1); old < tree.N; old++ {
		root, err := tlog.TreeHash(old, hashes)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, root); err != nil {
			return fmt.Errorf("consistency from %d: %w", old, err)
		}
	}
	fmt.Printf("consistency: %d proofs\n", tree.N-1)
	return nil
}

// checkFiles verifies the c2sp.org/tlog-proof@v1 files that the log handed out.
func checkFiles(folder string, leaves []tlog.Hash, verifier note.Verifier) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := checkFile(string(text), leaves, verifier); err != nil {
			return fmt.Errorf("proof file %s: %w", filepath.Base(name), err)
		}
	}
	fmt.Printf("proof files: %d\n", len(names))
	return nil
}

func checkFile(text string, leaves []tlog.Hash, verifier note.Verifier) error {
	head, checkpoint, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("malformed")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || index < 0 || index >= int64(len(leaves)) {
		return errors.New("no such index")
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return errors.New("malformed hash")
		}
		proof = append(proof, *(*tlog.Hash)(hash))
	}
	tree, err := openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index])
}

// tiles reads hash tiles from a folder. The Go package names the height of a tile in its path, tlog-tiles does not.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		bytes, err := t.read(tile)
		if err != nil {
			return nil, err
		}
		read = append(read, bytes)
	}
	return read, nil
}

// read falls back to the full tile, which replaces its partial ones.
func (t tiles) read(tile tlog.Tile) ([]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(t.folder, path(tile)))
	if err == nil || tile.W == width {
		return bytes, err
	}
	full := tile
	full.W = width
	bytes, err = os.ReadFile(filepath.Join(t.folder, path(full)))
	if err != nil || len(bytes) < tile.W*tlog.HashSize {
		return nil, err
	}
	return bytes[:tile.W*tlog.HashSize], nil
}

func path(tile tlog.Tile) string { return strings.Replace(tile.Path(), "tile/8/", "tile/", 1) }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
