#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/audience.hpp"
#include "delivery/sse/event_stream.hpp"
#include "delivery/sse/filter.hpp"
#include "delivery/wake.hpp"

namespace callboard {

/// The event streams of one reactor; on its thread alone.
///
/// A stream first reads up to the present at its client's pace, then joins the audience and gets what wakes
/// bring. One that leaves too much unread falls back to reading: the journal is its buffer.
class EventStream::Streams {
  public:
    Streams(const Readers& readers, Reactor& reactor, Settings settings);

    void serve(const HttpRequest& request, Exchange exchange);
    void stop();

  private:
    struct Stream;
    using Member = std::shared_ptr<Stream>;
    using Live = Audience<Member>;

    void begin(const Member& stream, std::string_view gap);
    void catch_up(const Member& stream);
    void caught(const Member& stream, const PageReader::Found& found);
    void join(const Member& stream);
    void leave(Stream& stream);

    void wake();
    void fall_back();
    void tell(Live::Group& group);
    void write_live(const Member& stream, const SharedBytes& bytes);
    SharedBytes text(const Stream& stream, std::span<const Announced> events) const;

    void check();
    void beat();
    void end(const Member& stream, std::string_view message);
    std::string id(Sequence through) const;
    void measure(std::span<const Announced> events, std::size_t clients);

    const Readers readers_;
    Reactor& reactor_;
    const Settings settings_;
    Live live_;
    std::set<Member> reading_;  // not up to the present yet
    std::vector<Live::Group*> touched_;
    Sequence seen_ = 0;
    bool stopping_ = false;
    Counter& deliveries_;
    Gauge& subscribers_;
    Histogram& delivery_seconds_;
    Wake wake_;
};

}  // namespace callboard
