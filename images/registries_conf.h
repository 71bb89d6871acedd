#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/reference.h"

namespace aictr::images {

// Where an image is asked for.
struct RegistrySource {
  oci::Reference name;
  bool insecure = false;  // any certificate will do, or none
  bool mirror = false;    // somebody else's copy; the registry itself comes last
};

// What containers-registries.conf(5), version 2, says about registries: where they are, which have mirrors, and which
// are blocked. The entry with the longest fitting prefix counts. Names without a host, aliases and credential helpers
// are not taken from there.
class RegistriesConf {
 public:
  // $CONTAINERS_REGISTRIES_CONF alone, else ~/.config/containers/registries.conf or /etc/containers/registries.conf,
  // and the files *.conf of the folder registries.conf.d beside it, whose entries win. Kind::corrupt names file and
  // line.
  static Result<RegistriesConf> load();

  Result<void> add(std::string_view text);  // what it says wins over what was added before

  // In the order in which they are to be tried. Kind::denied when the registry is blocked.
  Result<std::vector<RegistrySource>> sources(const oci::Reference& name) const;
  // The registry itself, for a push.
  Result<RegistrySource> home(const oci::Reference& name) const;

 private:
  enum class Names { all, digests, tags };
  struct Place {
    std::string location;
    bool insecure = false;
    Names names = Names::all;  // which images a mirror is asked for
  };
  struct Entry {
    std::string prefix;
    Place place;
    bool blocked = false;
    bool digests_only = false;
    std::vector<Place> mirrors;
  };

  const Entry* find(const oci::Reference& name) const;
  static Result<RegistrySource> at(const Entry& entry, const Place& place, const oci::Reference& name);
  static bool serves(const Entry& entry, const Place& mirror, const oci::Reference& name);
  std::vector<Entry> entries_;
};

}  // namespace aictr::images
