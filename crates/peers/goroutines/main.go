// A worker of Lanes in Go; `scripts/peers` builds it.
package main

import (
	"encoding/json"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A size has the fields of all workloads.
type size struct {
	N, Cutoff, Leaves, Len, Grain uint64
	Form                          string
}

// A job is a run, and the numbers of its answer.
type job struct {
	run     func()
	numbers func() []uint64
}

// answering is a job whose answer is one number.
func answering(compute func() uint64) job {
	var answer uint64
	return job{
		run:     func() { answer = compute() },
		numbers: func() []uint64 { return []uint64{answer} },
	}
}

func prepare(ask request) job {
	var size size
	// A size of another workload may have other things under a name.
	err := json.Unmarshal(ask.Size, &size)
	check := func(right bool, kind, message string) {
		if !right {
			panic(refusal{kind, message})
		}
	}
	switch ask.Workload {
	case "fib", "skynet", "nqueens", "max", "sort":
		check(err == nil, "invalid", "this is no size")
	}
	switch ask.Workload {
	case "fib":
		check(size.N <= 93, "invalid", "more than 64 bits")
		return answering(func() uint64 { return fib(size.N, size.Cutoff) })
	case "skynet":
		check(size.Leaves <= 1<<31, "invalid", "too many leaves")
		return answering(func() uint64 {
			return skynet(0, size.Leaves, size.Cutoff)
		})
	case "nqueens":
		check(size.N <= 16, "invalid", "too many queens")
		cutoff := size.Cutoff
		if cutoff > size.N {
			cutoff = size.N
		}
		return answering(func() uint64 {
			return queens(uint32(size.N), uint32(cutoff), board{})
		})
	case "max":
		check(size.Grain > 0, "invalid", "a grain of zero")
		check(size.Form == "", "unsupported", "it has one kernel only")
		list := numbers(ask.Seed, size.Len, 1)
		if len(list) == 0 {
			return job{func() {}, func() []uint64 { return nil }}
		}
		return answering(func() uint64 { return max(list, size.Grain) })
	case "sort":
		check(size.Grain > 0, "invalid", "a grain of zero")
		check(size.Cutoff > 0, "invalid", "a cut-off of zero")
		check(size.Form == "merge", "unsupported", "Go has no parallel sort")
		list := numbers(ask.Seed, size.Len, 0)
		sorted, beside := room(size.Len), room(size.Len)
		return job{
			run:     func() { mergeSort(list, sorted, beside, size.Cutoff) },
			numbers: func() []uint64 { return summary(sorted) },
		}
	}
	panic(refusal{"unsupported", "not written in Go"})
}

// numbers is the list that a seed makes.
func numbers(seed, length uint64, shift int) []uint64 {
	list := room(length)
	for i := range list {
		list[i] = first(seed+uint64(i)*gamma) >> shift
	}
	return list
}

// summary is the length of a list, whether it is in order, and a hash of its
// numbers in any order.
func summary(list []uint64) []uint64 {
	inOrder, sum := uint64(0), uint64(0)
	less := func(i, j int) bool { return list[i] < list[j] }
	if sort.SliceIsSorted(list, less) {
		inOrder = 1
	}
	for _, number := range list {
		sum += first(number)
	}
	return []uint64{uint64(len(list)), inOrder, sum}
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
			all := func() bool { return int(atomic.LoadInt32(&come)) >= workers }
			for !all() && time.Now().Before(patience) {
			}
		}(&list[i])
	}
	group.Wait()
	return list
}
