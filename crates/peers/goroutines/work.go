// `fib` and `max` in Go.
//
//   - share: a goroutine uses what lies around its function
//   - start: `go` queues a goroutine at the worker's own processor; others that
//     have none left steal half of a queue
//   - wait: a goroutine that waits for a channel leaves its thread to others
//   - join: a channel gives the result, or a group waits for all
package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type size struct{ N, Len, Grain uint64 }

func fib(n uint64) uint64 {
	if n < 2 {
		return n
	}
	left := make(chan uint64, 1)
	go func() { left <- fib(n - 1) }()
	right := fib(n - 2)
	return <-left + right
}

func largest(list []uint64) (most uint64) {
	for _, number := range list {
		if number > most {
			most = number
		}
	}
	return most
}

// max has a goroutine for each grain.
func max(list []uint64, grain uint64) []uint64 {
	var group sync.WaitGroup
	var most []uint64
	if length := uint64(len(list)); length > 0 {
		most = make([]uint64, (length-1)/grain+1)
	}
	for part := range most {
		end := (part + 1) * int(grain)
		if part == len(most)-1 {
			end = len(list)
		}
		numbers := list[part*int(grain) : end]
		group.Add(1)
		go func(most *uint64) {
			defer group.Done()
			*most = largest(numbers)
		}(&most[part])
	}
	group.Wait()
	if len(most) == 0 {
		return nil
	}
	return []uint64{largest(most)}
}

// prepare makes the input, and returns what runs it.
func prepare(ask request) func() []uint64 {
	n, grain := ask.Size.N, ask.Size.Grain
	switch ask.Workload {
	case "fib":
		if n > 93 {
			panic(refusal{"invalid", "more than 64 bits"})
		}
		return func() []uint64 { return []uint64{fib(n)} }
	case "max":
		if grain == 0 {
			panic(refusal{"invalid", "a grain of zero"})
		}
		list := room(ask.Size.Len)
		for i := range list {
			list[i] = first(ask.Seed+uint64(i)*gamma) >> 1
		}
		return func() []uint64 { return max(list, grain) }
	}
	panic(refusal{"unsupported", "not written in Go"})
}

// threads finds those that compute: each goroutine keeps a thread for itself,
// and spins until as many have come.
func threads(workers int) []int {
	var come int32
	var group sync.WaitGroup
	list := make([]int, workers)
	patience := time.Now().Add(5 * time.Second)
	for i := range list {
		group.Add(1)
		go func(thread *int) {
			defer group.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			*thread = syscall.Gettid()
			atomic.AddInt32(&come, 1)
			for int(atomic.LoadInt32(&come)) < workers && time.Now().Before(patience) {
			}
		}(&list[i])
	}
	group.Wait()
	return list
}
