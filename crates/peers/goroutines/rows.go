// What a run of each workload does, in goroutines.
//
//   - share: a goroutine uses what lies around its function
//   - start: `go` queues a goroutine at the worker's own processor; others that
//     have none left steal half of a queue
//   - wait: a goroutine that waits for a channel leaves its thread to others
//   - join: a channel gives the result, or a group waits for all
package main

import (
	"math/bits"
	"sort"
	"sync"
)

// fib has two halves at every fork, and plain calls below the cut-off.
func fib(n, cutoff uint64) uint64 {
	if n < 2 {
		return n
	}
	if n < cutoff {
		return fib(n-1, cutoff) + fib(n-2, cutoff)
	}
	left := make(chan uint64, 1)
	go func() { left <- fib(n-1, cutoff) }()
	right := fib(n-2, cutoff)
	return <-left + right
}

// sum adds up so many results, each of a goroutine where forks is true.
func sum(count int, forks bool, child func(child int) uint64) (all uint64) {
	if !forks {
		for i := 0; i < count; i++ {
			all += child(i)
		}
		return all
	}
	sums := make(chan uint64, count)
	for i := 0; i < count; i++ {
		go func(i int) { sums <- child(i) }(i)
	}
	for i := 0; i < count; i++ {
		all += <-sums
	}
	return all
}

// skynet is the sum of so many leaves, by ten children at each node.
func skynet(first, leaves, cutoff uint64) uint64 {
	if leaves < 2 {
		return leaves * first
	}
	width := uint64(10)
	if leaves < width {
		width = leaves
	}
	return sum(int(width), leaves > cutoff, func(child int) uint64 {
		begin := leaves * uint64(child) / width
		end := leaves * uint64(child+1) / width
		return skynet(first+begin, end-begin, cutoff)
	})
}

// A board has the columns of its queens, and what they attack in the next row
// along diagonals.
type board struct{ row, columns, left, right uint32 }

// queens is how many ways there are to place the others.
func queens(n, cutoff uint32, b board) uint64 {
	if b.row == n {
		return 1
	}
	var places [16]uint32
	count := 0
	free := ^(b.columns | b.left | b.right) & (1<<n - 1)
	for ; free != 0; free &= free - 1 {
		places[count] = 1 << bits.TrailingZeros32(free)
		count++
	}
	return sum(count, b.row < cutoff, func(child int) uint64 {
		queen := places[child]
		return queens(n, cutoff, board{b.row + 1, b.columns | queen,
			(b.left | queen) << 1, (b.right | queen) >> 1})
	})
}

func largest(list []uint64) (most uint64) {
	for _, number := range list {
		if number > most {
			most = number
		}
	}
	return most
}

// max has a goroutine for each grain of a list that is not empty.
func max(list []uint64, grain uint64) uint64 {
	var group sync.WaitGroup
	most := make([]uint64, (uint64(len(list))-1)/grain+1)
	for part := range most {
		rest := list[uint64(part)*grain:]
		if uint64(len(rest)) > grain {
			rest = rest[:grain]
		}
		group.Add(1)
		go func(most *uint64) {
			defer group.Done()
			*most = largest(rest)
		}(&most[part])
	}
	group.Wait()
	return largest(most)
}

// mergeSort copies a list in order, by way of as much memory beside. Both
// halves are sorted at the same time, and one goroutine merges them.
func mergeSort(list, sorted, beside []uint64, cutoff uint64) {
	length := uint64(len(list))
	if length <= cutoff {
		copy(sorted, list)
		sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
		return
	}
	middle := ((length-1)/cutoff + 1) / 2 * cutoff
	left, right := beside[:middle], beside[middle:]
	done := make(chan struct{})
	go func() {
		mergeSort(list[:middle], left, sorted[:middle], cutoff)
		close(done)
	}()
	mergeSort(list[middle:], right, sorted[middle:], cutoff)
	<-done
	for i := range sorted {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			sorted[i], left = left[0], left[1:]
		} else {
			sorted[i], right = right[0], right[1:]
		}
	}
}
