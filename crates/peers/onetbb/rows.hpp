// What a run of each workload does, on oneTBB.
//
// - share: tasks borrow by reference, since every algorithm waits for its own
// - start: `parallel_invoke` and `task_group` queue tasks at the worker's own
//   end; `parallel_reduce` halves a range as long as others steal
// - wait: a worker that waits runs tasks that are queued, and steals
// - join: an algorithm returns once its tasks have ended
#pragma once
#include <oneapi/tbb.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "protocol.hpp"

namespace lanes {
using Range = tbb::blocked_range<Number>;

// Two halves at every fork; plain calls below the cut-off.
inline Number fib(Number n, Number cutoff) {
    if (n < 2) return n;
    if (n < cutoff) return fib(n - 1, cutoff) + fib(n - 2, cutoff);
    Number left, right;
    tbb::parallel_invoke([&] { left = fib(n - 1, cutoff); },
                         [&] { right = fib(n - 2, cutoff); });
    return left + right;
}

// The sum of `count` of these, each by a task of its own where `forks` is true.
template <class Child>
Number sum(std::size_t count, bool forks, const Child &child) {
    std::array<Number, 16> sums{};
    if (!forks) {
        for (std::size_t i = 0; i < count; i++) sums[i] = child(i);
    } else if (count > 0) {
        tbb::task_group group;
        for (std::size_t i = 0; i + 1 < count; i++)
            group.run([&, i] { sums[i] = child(i); });
        group.run_and_wait([&] { sums[count - 1] = child(count - 1); });
    }
    return std::accumulate(sums.begin(), sums.end(), Number(0));
}

// The sum of so many leaves, by ten children at each node.
inline Number skynet(Number first, Number leaves, Number cutoff) {
    if (leaves < 2) return leaves * first;
    Number width = std::min<Number>(leaves, 10);
    return sum(width, leaves > cutoff, [=](Number child) {
        Number begin = leaves * child / width;
        Number end = leaves * (child + 1) / width;
        return skynet(first + begin, end - begin, cutoff);
    });
}

// The queens that are there: their columns, and what they attack in the next
// row along diagonals.
struct Board {
    unsigned row = 0, columns = 0, left = 0, right = 0;
};

// How many ways there are to place the others.
inline Number queens(unsigned n, unsigned cutoff, Board board) {
    auto [row, columns, left, right] = board;
    if (row == n) return 1;
    std::array<unsigned, 16> places;
    std::size_t count = 0;
    unsigned free = ~(columns | left | right) & ((1u << n) - 1);
    for (; free; free &= free - 1) places[count++] = free & -free;
    return sum(count, row < cutoff, [=](std::size_t child) {
        unsigned queen = places[child];
        return queens(n, cutoff,
                      {row + 1, columns | queen, (left | queen) << 1,
                       (right | queen) >> 1});
    });
}

// The largest number of a list that has one, by ranges of whole grains.
inline Number largest(const Numbers &list, Number grain) {
    auto part = [&](const Range &grains, Number most) {
        Number end = std::min<Number>(grains.end() * grain, list.size());
        for (Number i = grains.begin() * grain; i < end; i++)
            if (list[i] > most) most = list[i];
        return most;
    };
    Number grains = (list.size() - 1) / grain + 1;
    auto join = [](Number one, Number two) { return std::max(one, two); };
    return tbb::parallel_reduce(Range(0, grains), Number(0), part, join);
}

// Copies a list in order, by way of as much memory beside. Both halves are
// sorted at the same time, and one worker merges them.
inline void merge_sort(const Number *list, Number len, Number cutoff,
                       Number *sorted, Number *beside) {
    if (len <= cutoff) {
        std::copy(list, list + len, sorted);
        std::sort(sorted, sorted + len);
        return;
    }
    Number middle = ((len - 1) / cutoff + 1) / 2 * cutoff;
    tbb::parallel_invoke(
        [&] { merge_sort(list, middle, cutoff, beside, sorted); },
        [&] {
            merge_sort(list + middle, len - middle, cutoff, beside + middle,
                       sorted + middle);
        });
    std::merge(beside, beside + middle, beside + middle, beside + len, sorted);
}

// Copies a list in order, by the library's own sort.
inline void library_sort(const Numbers &list, Number grain, Numbers &sorted) {
    tbb::parallel_for(Range(0, list.size(), grain), [&](const Range &part) {
        std::copy(list.begin() + part.begin(), list.begin() + part.end(),
                  sorted.begin() + part.begin());
    });
    tbb::parallel_sort(sorted);
}
}  // namespace lanes
