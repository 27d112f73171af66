// Azurite's SQL metadata stores extend Model when they are loaded; they are never constructed here.
module.exports = { Model: class {}, Sequelize: class {}, DataTypes: {}, Op: {}, literal: () => undefined };
