// Package usage tells what a process has used of the machine.
package usage
