// `fib` and `max` in C++, on oneTBB.
//
// - share: tasks borrow by reference, since every algorithm waits for its own
// - start: `parallel_invoke` queues tasks at the worker's own end, and
//   `parallel_reduce` halves a range as long as others steal
// - wait: a worker that waits runs tasks that are queued, and steals
// - join: an algorithm returns once its tasks have ended
#include <oneapi/tbb.h>

#include <mutex>
#include <optional>
#include <set>

#include "protocol.hpp"

namespace {
using namespace lanes;
using Range = tbb::blocked_range<Number>;

Number fib(Number n) {
    if (n < 2) return n;
    Number left, right;
    tbb::parallel_invoke([&] { left = fib(n - 1); },
                         [&] { right = fib(n - 2); });
    return left + right;
}

// The largest number of a list that has one, by ranges of whole grains.
Number largest(const Numbers &list, Number grain) {
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

class OneTbb : public Work {
    std::optional<tbb::global_control> limit;
    tbb::task_arena arena;
    std::string workload;
    Number n = 0, grain = 1;
    Numbers list, answer;

   public:
    // Each task waits until as many threads have come, so that all are seen.
    std::vector<int> start(int workers) override {
        limit.emplace(tbb::global_control::max_allowed_parallelism, workers);
        arena.initialize(workers);
        std::mutex lock;
        std::set<int> seen;
        using Clock = std::chrono::steady_clock;
        auto patience = Clock::now() + std::chrono::seconds(5);
        auto come = [&](const Range &) {
            for (bool all = false; !all && Clock::now() < patience;) {
                std::lock_guard held(lock);
                seen.insert(gettid());
                all = int(seen.size()) >= workers;
            }
        };
        Range each(0, workers, 1);
        arena.execute([&] {
            tbb::parallel_for(each, come, tbb::simple_partitioner());
        });
        return {seen.begin(), seen.end()};
    }

    std::string version() override {
        return "\"onetbb\":\"" + std::to_string(TBB_VERSION_MAJOR) + "." +
               std::to_string(TBB_VERSION_MINOR) + "\"";
    }

    void prepare(const Request &ask) override {
        list.clear(), answer.clear();
        workload = ask.text("workload");
        if (workload == "fib") {
            n = ask.number("n");
            if (n > 93) throw Refusal{"invalid", "more than 64 bits"};
        } else if (workload == "max") {
            grain = ask.number("grain");
            if (grain == 0) throw Refusal{"invalid", "a grain of zero"};
            list = room(ask.number("len"));
            Number state = ask.number("seed");
            for (Number &number : list) {
                number = first(state) >> 1;
                state += GAMMA;
            }
        } else {
            throw Refusal{"unsupported", "not written in C++"};
        }
    }

    const Numbers &run() override {
        arena.execute([&] {
            if (workload == "fib")
                answer = {fib(n)};
            else if (!list.empty())
                answer = {largest(list, grain)};
        });
        return answer;
    }
};
}  // namespace

int main() {
    OneTbb work;
    return serve(work);
}
