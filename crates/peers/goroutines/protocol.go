package main

// The protocol of workers, as crates/measure/PROTOCOL.md describes it, around
// whatever computes.

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime"
	"syscall"
	"time"
)

// A request has the fields of all requests.
type request struct {
	Do, Model, Workload string
	Workers, Runs       int
	Seed                uint64
	Together, Check     bool
	Size                json.RawMessage
}

// A refusal is why a request has no other reply.
type refusal struct{ kind, message string }

// How far the numbers of a stream lie apart before they are mixed.
const gamma = 0x9E3779B97F4A7C15

// first is the first number of the stream of a seed; number i is that of
// seed + i*gamma.
func first(seed uint64) uint64 {
	z := seed + gamma
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

func digest(answer []uint64) (state uint64) {
	for _, number := range answer {
		state = first(state ^ number)
	}
	return state
}

// room is a list of zeros, unless the machine has not the memory for four like
// it.
func room(length uint64) []uint64 {
	var system syscall.Sysinfo_t
	err := syscall.Sysinfo(&system)
	free := uint64(system.Freeram) * uint64(system.Unit)
	if err != nil || length > free/32 {
		panic(refusal{"resource", "too little memory"})
	}
	return make([]uint64, length)
}

// prepared is the job that runs are made of.
var prepared *job

func reply(ask request) (name string, fields any) {
	defer func() {
		if why := recover(); why != nil {
			refused, is := why.(refusal)
			if !is {
				panic(why)
			}
			name = "error"
			fields = map[string]string{
				"kind": refused.kind, "message": refused.message,
			}
		}
	}()
	switch ask.Do {
	case "hello":
		runtime.GOMAXPROCS(ask.Workers)
		return "hello", map[string]any{
			"protocol": 1, "model": ask.Model, "workers": ask.Workers,
			"threads":  threads(ask.Workers),
			"versions": map[string]string{"go": runtime.Version()},
		}
	case "prepare":
		prepared = nil
		job := prepare(ask)
		job.run()
		answer := digest(job.numbers())
		prepared = &job
		return "prepared", map[string]uint64{"digest": answer}
	case "run":
		if prepared == nil {
			panic(refusal{"invalid", "nothing is prepared"})
		}
		return "sample", sample(ask)
	}
	panic(refusal{"unsupported", "no " + ask.Do})
}

func sample(ask request) map[string]any {
	var wall time.Duration
	began := time.Now()
	for i := 0; i < ask.Runs; i++ {
		begin := began
		if !ask.Together {
			begin = time.Now()
		}
		prepared.run()
		if !ask.Together {
			wall += time.Since(begin)
		}
	}
	if ask.Together {
		wall = time.Since(began)
	}
	sample := map[string]any{"runs": ask.Runs, "wall_ns": wall.Nanoseconds()}
	if ask.Check {
		sample["digest"] = digest(prepared.numbers())
	}
	return sample
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var ask request
		name, fields := "error", any(map[string]string{
			"kind": "invalid", "message": "this is no request",
		})
		if json.Unmarshal(line, &ask) == nil {
			name, fields = reply(ask)
		}
		text, _ := json.Marshal(map[string]any{name: fields})
		if _, err := os.Stdin.Write(append(text, '\n')); err != nil {
			return
		}
	}
}
