// The tab in which somebody signed in for the sake of another: tell the other one, and close.
(() => {
  const house = new BroadcastChannel("vitecportal");
  house.postMessage("signed-in");
  house.close();
  window.close();
})();
