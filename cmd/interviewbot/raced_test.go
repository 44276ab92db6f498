//go:build race

package main

const raced = true // the race detector makes everything several times slower
