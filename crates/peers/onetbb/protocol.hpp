// The protocol of workers, as crates/measure/PROTOCOL.md describes it, around
// whatever computes.
#pragma once
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <vector>

namespace lanes {
using Number = std::uint64_t;
using Numbers = std::vector<Number>;

struct Refusal {
    std::string kind, message;
};

// How far the numbers of a stream lie apart before they are mixed.
constexpr Number GAMMA = 0x9E3779B97F4A7C15;

// The first number of the stream of a seed; number `i` is `first(seed + i *
// GAMMA)`.
inline Number first(Number seed) {
    Number z = seed + GAMMA;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

inline Number digest(const Numbers &answer) {
    Number digest = 0;
    for (Number number : answer) digest = first(digest ^ number);
    return digest;
}

// A list of zeros, unless the machine has not the memory for four like it.
inline Numbers room(Number len) {
    Number pages = sysconf(_SC_AVPHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (len > pages * page / 32) throw std::bad_alloc();
    return Numbers(len);
}

// A line of JSON. A value is found by its key, which no two objects of a
// request share; within a text, a quote has a backslash before it.
struct Request {
    std::string line;

    bool has(const std::string &key) const {
        return line.find("\"" + key + "\":") != line.npos;
    }
    const char *at(const std::string &key) const {
        if (!has(key)) throw Refusal{"invalid", key + " is missing"};
        return line.c_str() + line.find("\"" + key + "\":") + key.size() + 3;
    }
    Number number(const std::string &key) const {
        return std::strtoull(at(key), nullptr, 10);
    }
    bool flag(const std::string &key) const { return *at(key) == 't'; }
    std::string text(const std::string &key) const {
        std::string rest = at(key);
        auto begin = rest.find('"') + 1;
        return rest.substr(begin, rest.find('"', begin) - begin);
    }
};

// What computes.
struct Work {
    // Starts the workers, and returns the numbers of their threads.
    virtual std::vector<int> start(int workers) = 0;
    // The library, and its version.
    virtual std::string version() = 0;
    // Makes the input.
    virtual void prepare(const Request &ask) = 0;
    // One run of the input.
    virtual void run() = 0;
    // The numbers of the last answer.
    virtual Numbers numbers() = 0;
};

inline std::string hello(Work &work, const Request &ask) {
    Number workers = ask.number("workers");
    std::string threads;
    for (int thread : work.start(int(workers)))
        threads += (threads.empty() ? "" : ",") + std::to_string(thread);
    return "{\"hello\":{\"protocol\":1,\"model\":\"" + ask.text("model") +
           "\",\"workers\":" + std::to_string(workers) + ",\"threads\":[" +
           threads + "],\"versions\":{" + work.version() + "}}}";
}

inline std::string sample(Work &work, const Request &ask) {
    using Clock = std::chrono::steady_clock;
    Number runs = ask.number("runs"), right = 0;
    bool together = ask.flag("together"), check = ask.flag("check");
    Clock::duration wall{};
    auto begin = Clock::now();
    for (Number run = 0; run < runs; run++) {
        if (!together) begin = Clock::now();
        work.run();
        if (!together || run + 1 == runs) wall += Clock::now() - begin;
    }
    if (check) right = digest(work.numbers());
    Number nanos = std::chrono::nanoseconds(wall).count();
    return "{\"sample\":{\"runs\":" + std::to_string(runs) + ",\"wall_ns\":" +
           std::to_string(nanos) + ",\"digest\":" + std::to_string(right) +
           "}}";
}

// Replies to requests until the socket ends.
inline int serve(Work &work) {
    bool prepared = false;
    for (Request ask; std::getline(std::cin, ask.line);) {
        std::string reply;
        try {
            std::string wanted = ask.text("do");
            if (wanted == "hello") {
                reply = hello(work, ask);
            } else if (wanted == "prepare") {
                prepared = false;
                work.prepare(ask);
                work.run();
                reply = "{\"prepared\":{\"digest\":" +
                        std::to_string(digest(work.numbers())) + "}}";
                prepared = true;
            } else if (wanted != "run") {
                throw Refusal{"unsupported", "no " + wanted};
            } else if (prepared) {
                reply = sample(work, ask);
            } else {
                throw Refusal{"invalid", "nothing is prepared"};
            }
        } catch (const Refusal &why) {
            reply = "{\"error\":{\"kind\":\"" + why.kind +
                    "\",\"message\":\"" + why.message + "\"}}";
        } catch (const std::bad_alloc &) {
            reply = "{\"error\":{\"kind\":\"resource\",\"message\":\"memory\"}}";
        }
        reply += '\n';
        for (std::size_t sent = 0; sent < reply.size();) {
            auto more = write(0, reply.data() + sent, reply.size() - sent);
            if (more < 0) return 1;
            sent += std::size_t(more);
        }
    }
    return 0;
}
}  // namespace lanes
