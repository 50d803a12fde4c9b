module Mina.Model.Tests.Tests
