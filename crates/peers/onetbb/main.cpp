// A worker of Lanes in C++, on oneTBB; `scripts/peers` builds it.
#include <functional>
#include <mutex>
#include <optional>
#include <set>

#include "rows.hpp"

namespace {
using namespace lanes;

class OneTbb : public Work {
    std::optional<tbb::global_control> limit;
    tbb::task_arena arena;
    std::function<void()> job;
    // The input of a row, what a run answers, and memory beside.
    Numbers list, answer, beside;
    bool is_sort = false;

    // The list that a seed makes.
    void fill(const Request &ask, unsigned shift) {
        if (ask.number("grain") == 0)
            throw Refusal{"invalid", "a grain of zero"};
        list = room(ask.number("len"));
        Number state = ask.number("seed");
        for (Number &number : list) {
            number = first(state) >> shift;
            state += GAMMA;
        }
    }

    static Number at_most(Number most, const Request &ask, const char *key) {
        Number number = ask.number(key);
        if (number > most) throw Refusal{"invalid", std::string(key)};
        return number;
    }

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
        list.clear(), answer.clear(), beside.clear();
        std::string row = ask.text("workload");
        is_sort = row == "sort";
        if (row == "fib") {
            Number n = at_most(93, ask, "n");
            Number cutoff = ask.has("cutoff") ? ask.number("cutoff") : 0;
            job = [=] { answer = {fib(n, cutoff)}; };
        } else if (row == "skynet") {
            Number leaves = at_most(Number(1) << 31, ask, "leaves");
            Number cutoff = ask.number("cutoff");
            job = [=] { answer = {skynet(0, leaves, cutoff)}; };
        } else if (row == "nqueens") {
            unsigned n = at_most(16, ask, "n");
            unsigned cutoff = std::min<Number>(ask.number("cutoff"), n);
            job = [=] { answer = {queens(n, cutoff, Board())}; };
        } else if (row == "max") {
            if (ask.has("form")) throw Refusal{"unsupported", "one kernel only"};
            fill(ask, 1);
            Number grain = ask.number("grain");
            job = [=] {
                if (!list.empty()) answer = {largest(list, grain)};
            };
        } else if (is_sort) {
            sorts(ask);
        } else {
            throw Refusal{"unsupported", "not written in C++"};
        }
    }

    void sorts(const Request &ask) {
        fill(ask, 0);
        answer = beside = Numbers(list.size());
        Number cutoff = ask.number("cutoff"), grain = ask.number("grain");
        std::string form = ask.text("form");
        if (cutoff == 0) throw Refusal{"invalid", "a cut-off of zero"};
        if (form == "merge") {
            job = [=] {
                merge_sort(list.data(), list.size(), cutoff, answer.data(),
                           beside.data());
            };
        } else if (form == "library") {
            job = [=] { library_sort(list, grain, answer); };
        } else {
            throw Refusal{"unsupported", "no such form"};
        }
    }

    void run() override { arena.execute(job); }

    // Of a list that was sorted: its length, whether it is in order, and a hash
    // of its numbers in any order.
    Numbers numbers() override {
        if (!is_sort) return answer;
        Number sum = 0;
        for (Number number : answer) sum += first(number);
        bool in_order = std::is_sorted(answer.begin(), answer.end());
        return {answer.size(), in_order, sum};
    }
};
}  // namespace

int main() {
    OneTbb work;
    return serve(work);
}
